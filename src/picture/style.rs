//! The style sheet inside of an SVG picture: light, dark where the reader prefers it, and
//! nothing that needs colour alone.

use super::Fate;
use super::palette;
use crate::graph::Scope;

/// Every selector starts with the picture's class, so that a page around it stays as it is.
pub(super) fn sheet() -> String {
    let mut css = String::from(LIGHT);
    for scope in Scope::ALL {
        let (name, colour) = (scope.as_str(), palette::colour(scope));
        css.push_str(&format!(
            ".failscope .scope-{name} .tint,.failscope .scope-{name} .shape{{fill:{colour}}}\n"
        ));
    }
    for fate in Fate::ALL {
        let (class, colour) = (palette::fate_class(fate), palette::fate_colour(fate));
        css.push_str(&format!(
            ".failscope .fate-{class} .tint{{fill:{colour}}}\n\
             .failscope .line.fate-{class} path{{stroke:{colour}}}\n"
        ));
    }
    css.push_str(FATES);
    css.push_str("@media (prefers-color-scheme:dark){\n");
    css.push_str(DARK);
    css.push_str("}\n");
    css
}

const LIGHT: &str = "\
.failscope{font-family:system-ui,'Segoe UI','DejaVu Sans',Arial,sans-serif;font-size:12px}
.failscope text{fill:#1b1b1b}
.failscope .paper{fill:#ffffff}
.failscope .heading{font-size:16px;font-weight:700}
.failscope .note{font-size:11px}
.failscope .layer rect{fill:#f3f5f7}
.failscope .layer text{font-size:11px;font-weight:600;text-anchor:middle;fill:#4d5761}
.failscope .frame rect{fill:#ffffff;fill-opacity:.75;stroke:#7b8794;stroke-width:1.2}
.failscope .frame.cluster rect{stroke-width:2.2;stroke-dasharray:9 4}
.failscope .frame text{font-size:11px;font-weight:700;fill:#4d5761}
.failscope .base{fill:#ffffff;stroke:#57606a;stroke-width:1.1}
.failscope .tint{fill-opacity:.16;stroke:none}
.failscope .shape{stroke:#1b1b1b;stroke-width:.8}
.failscope .name{font-size:11.5px;font-weight:600}
.failscope .kind,.failscope .code{font-size:10px;fill:#3d464f}
.failscope .code{font-weight:700;text-anchor:end;fill:#1b1b1b}
.failscope .spof .base{stroke:#1b1b1b;stroke-width:3.4}
.failscope .spof .inner{fill:none;stroke:#ffffff;stroke-width:.9}
.failscope .held .name,.failscope .held .code{font-size:10px}
.failscope .spof.held .base{stroke-width:2.2}
.failscope .down .base{stroke-dasharray:3 3}
.failscope .down .name{text-decoration:line-through}
.failscope .bundle .base{fill:#e7ebef;stroke:#1b1b1b}
.failscope .bundle text{font-size:11px;font-weight:700;text-anchor:middle}
.failscope .line path{fill:none;stroke:#69747f;stroke-width:1.15}
.failscope .line.indirect path{stroke-width:2.2;stroke-opacity:.55}
.failscope .line:hover path,.failscope .line.lit path{stroke:#0072b2;stroke-width:2.6}
.failscope .tip{fill:#69747f;stroke:none}
";

const FATES: &str = "\
.failscope .node.fate-failed .tint{fill-opacity:.82}
.failscope .node.fate-failed text{fill:#ffffff}
.failscope .fate-stops .tint{fill-opacity:.42}
.failscope .fate-later .tint,.failscope .fate-moves .tint,.failscope .fate-restart .tint{fill-opacity:.3}
.failscope .node.fate-survives .tint{fill-opacity:.07}
.failscope .fate-survives .base{stroke-opacity:.5}
.failscope .fate-survives .shape{fill-opacity:.5;stroke-opacity:.5}
.failscope .line.fate-survives{opacity:.45}
.failscope .fate-part .base{stroke:#d55e00;stroke-width:2.4;stroke-dasharray:6 3}
.failscope .line.fate-failed path,.failscope .line.fate-stops path{stroke-width:2}
";

const DARK: &str = "\
.failscope text,.failscope .code{fill:#e8eaed}
.failscope .paper{fill:#15181c}
.failscope .layer rect{fill:#1d2126}
.failscope .layer text,.failscope .frame text,.failscope .kind{fill:#c6cdd4}
.failscope .frame rect{fill:#15181c;stroke:#8a949e}
.failscope .base{fill:#22272d;stroke:#a3acb5}
.failscope .tint{fill-opacity:.3}
.failscope .shape{stroke:#e8eaed}
.failscope .spof .base{stroke:#ffffff}
.failscope .spof .inner{stroke:#15181c}
.failscope .bundle .base{fill:#30363d;stroke:#e8eaed}
.failscope .line path{stroke:#98a2ac}
.failscope .line.fate-failed path,.failscope .node.fate-failed .base{stroke:#ffffff}
.failscope .tip{fill:#98a2ac}
";
