//! Paths as other programs want them: relative to the repository, with forward slashes.

use std::path::{Component, Path, PathBuf};

/// From where paths are read and to where they are shown.
#[derive(Debug, Clone)]
pub struct Places {
    root: Vec<String>,
    /// Names of files are relative to this folder.
    here: PathBuf,
}

impl Places {
    /// Both absolute; `root` is the top of the repository.
    pub fn new(root: &Path, here: &Path) -> Places {
        Places { root: parts(root), here: here.to_owned() }
    }

    /// The path from the root; what is outside of it starts with `..`.
    pub fn relative(&self, name: &str) -> String {
        if name.starts_with('<') {
            return name.to_owned(); // standard input has no path
        }
        let parts = parts(&self.here.join(name));
        let common = self.root.iter().zip(&parts).take_while(|(a, b)| a == b).count();
        let up = std::iter::repeat_n("..", self.root.len() - common);
        let down = parts[common..].iter().map(String::as_str);
        up.chain(down).collect::<Vec<_>>().join("/")
    }
}

/// The names from the top of the file system on, without `.` and `..`.
fn parts(path: &Path) -> Vec<String> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::RootDir | Component::CurDir => {}
            Component::ParentDir => {
                parts.pop();
            }
            named => parts.push(named.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts
}

/// A path as a URI reference: what is not plain in one is percent-encoded.
pub fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn paths_start_at_the_root_wherever_they_are_named_from() {
        let places = Places::new(Path::new("/r/project"), Path::new("/r/project/sub"));
        for (name, path) in [
            ("a.yaml", "sub/a.yaml"),
            ("./x/../a.yaml", "sub/a.yaml"),
            ("../top.yaml", "top.yaml"),
            ("/r/project/b/c.yaml", "b/c.yaml"),
            ("/r/other/d.yaml", "../other/d.yaml"),
            ("/r/projector/e.yaml", "../projector/e.yaml"),
            ("<stdin>", "<stdin>"),
        ] {
            assert_eq!(places.relative(name), path, "{name}");
        }
    }

    #[test]
    fn a_uri_holds_no_character_that_means_something() {
        assert_eq!(uri("a b/ü#1?%41:c.yaml"), "a%20b/%C3%BC%231%3F%2541%3Ac.yaml");
    }
}
