//! Pages of the documentation: their fenced blocks, headings and links.

use std::path::{Path, PathBuf};

use crate::program::repository_file;

/// A Markdown file of the repository.
pub(crate) struct Page {
    /// Its path in the repository.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    blocks: Vec<Block>,
    /// Everything outside of fenced blocks.
    prose: String,
}

/// A fenced block, and the prose between it and the block before it.
pub(crate) struct Block {
    pub(crate) language: String,
    before: String,
    pub(crate) text: String,
}

impl Page {
    /// Reads a page by its path in the repository.
    pub(crate) fn read(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let text = std::fs::read_to_string(repository_file("").join(&path))
            .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
        let mut blocks = Vec::new();
        let mut prose = String::new();
        let mut before = String::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(language) = line.strip_prefix("```") else {
                before.push_str(line);
                before.push('\n');
                continue;
            };
            let inside: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            prose.push_str(&before);
            blocks.push(Block {
                language: language.to_owned(),
                before: std::mem::take(&mut before),
                text: inside.join("\n") + "\n",
            });
        }
        prose.push_str(&before);
        Self { path, text, blocks, prose }
    }

    /// The blocks of one language, in order.
    pub(crate) fn blocks_in(&self, language: &str) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(move |block| block.language == language)
    }

    /// The name of the file without its extension, such as `job-file`.
    pub(crate) fn stem(&self) -> String {
        self.path.file_stem().expect("a page has a name").to_string_lossy().into_owned()
    }

    /// Commands that must run before those of the page. The page names them in comments:
    /// `<!-- needs: jess-batch run jobs/demo.yaml -->`
    pub(crate) fn needs(&self) -> impl Iterator<Item = &str> {
        self.prose.lines().filter_map(|line| line.strip_prefix("<!-- needs: ")?.strip_suffix(" -->"))
    }

    /// The anchors of the headings, as GitHub makes them.
    pub(crate) fn anchors(&self) -> Vec<String> {
        let mut anchors: Vec<String> = Vec::new();
        for line in self.prose.lines().filter(|line| line.starts_with('#')) {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            let anchor: String = heading
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect();
            let same = anchors.iter().filter(|known| **known == anchor).count();
            anchors.push(if same == 0 { anchor } else { format!("{anchor}-{same}") });
        }
        anchors
    }

    /// The targets of all links and pictures.
    pub(crate) fn links(&self) -> Vec<String> {
        // What is in back-quotes is code and not a link.
        let prose: String = self.prose.split('`').step_by(2).collect();
        let mut links = Vec::new();
        for (opening, closing) in [("](", ')'), ("src=\"", '"'), ("srcset=\"", '"'), ("href=\"", '"')] {
            for rest in prose.split(opening).skip(1) {
                let (target, _) = rest.split_once(closing).expect("a link has an end");
                links.push(target.to_owned());
            }
        }
        links
    }
}

impl Block {
    /// The last name in back-quotes before the block whose extension is the block's language.
    pub(crate) fn file_name(&self) -> &str {
        let quoted = self.before.split('`').skip(1).step_by(2);
        let names =
            quoted.filter(|name| Path::new(name).extension().is_some_and(|end| end == &*self.language));
        names.last().expect("the text before a block names its file")
    }
}

/// `README.md` and the pages of `docs/`, in the order of their names.
pub(crate) fn pages() -> Vec<Page> {
    let mut pages = vec![Page::read("README.md")];
    let mut names: Vec<_> = std::fs::read_dir(repository_file("docs"))
        .expect("docs/ can be read")
        .map(|entry| entry.expect("docs/ can be read").file_name())
        .collect();
    names.sort();
    pages.extend(names.iter().map(|name| Page::read(Path::new("docs").join(name))));
    pages
}
