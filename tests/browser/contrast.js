// The texts of the page that stand out too little, by the definition of contrast in WCAG 2.
(() => {
  const LEAST = 4.5;
  const parse = (colour) => {
    const numbers = colour.match(/[\d.]+/g).map(Number);
    return numbers.length < 4 ? [...numbers.slice(0, 3), 1] : numbers;
  };
  const over = (top, bottom) => [0, 1, 2].map((i) => top[i] * top[3] + bottom[i] * (1 - top[3])).concat(1);
  const linear = (value) => (value <= 0.04045 * 255 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const contrast = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const found = new Map();
  const note = (what, value) => {
    if (value < LEAST) found.set(what, value.toFixed(2));
  };

  // Text of the page, before everything behind it that has a colour.
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
    return layers.reduceRight((below, above) => over(above, below), [255, 255, 255, 1]);
  };
  const holdsText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  for (const element of document.querySelectorAll("body *:not(svg, svg *, script, style, option)")) {
    if (!holdsText(element) || !element.checkVisibility()) continue;
    const behind = ground(element);
    note(`${element.tagName} ${element.className}`, contrast(over(parse(getComputedStyle(element).color), behind), behind));
  }

  // Text of the picture, before the box and the tint of its node, as faint as its group.
  const fill = (element) => {
    const style = getComputedStyle(element);
    const colour = parse(style.fill);
    return [...colour.slice(0, 3), colour[3] * Number(style.fillOpacity)];
  };
  const paper = fill(document.querySelector(".failscope .paper"));
  for (const text of document.querySelectorAll(".failscope text")) {
    const group = text.parentElement;
    const boxes = [":scope > .base", ":scope > .tint"].map((box) => group.querySelector(box)).filter(Boolean);
    const faint = (colour) => over([...colour.slice(0, 3), Number(getComputedStyle(group).opacity)], paper);
    const behind = boxes.reduce((below, box) => over(fill(box), below), paper);
    note(`${group.getAttribute("class")}: ${text.getAttribute("class")}`, contrast(faint(over(fill(text), behind)), faint(behind)));
  }
  return [...found].map(([what, value]) => `${what}: ${value}`);
})()
