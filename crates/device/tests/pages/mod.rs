//! `docs/api` as the catalogue has it: an index and a page for each table, in two languages.

use holdline_device::catalogue::{self, Absence, Entry, Generation, Modules, Table, Words};
use std::collections::BTreeMap;

/// One of two texts.
type In = fn(Words) -> &'static str;

/// The words of the pages themselves.
struct Language {
    suffix: &'static str,
    other_suffix: &'static str,
    other_name: &'static str,
    pick: In,
    title: &'static str,
    opening: &'static str,
    index_head: &'static str,
    absent_title: &'static str,
    absent: &'static str,
    all_tables: &'static str,
    head: &'static str,
    generation: fn(Generation) -> &'static str,
    modules: fn(Modules) -> &'static str,
    not_here: &'static str,
}

const ENGLISH: Language = Language {
    suffix: "",
    other_suffix: ".zh",
    other_name: "中文",
    pick: |words| words.en,
    title: "What scripts can call",
    opening: "A page for each table. What a call does is what the module does; where it differs, its page says so, and\n\
        [quirks.md](../quirks.md) says why. The pages are made from `crates/device/catalogue`, and a test holds that to what \
        scripts really find.",
    index_head: "| table | | names |",
    absent_title: "What is not supported",
    absent: "Modules have these, and scripts are known to use them. Here they raise an error that names the call and this \
        page.\nA project that ships a file of that name, such as its own `mqtt.lua`, uses its own. Names in *italics* read as \
        `nil`,\nbecause scripts look for them to learn what a module can do; only a call is an error.",
    all_tables: "All tables",
    head: "| | what it does | different here |",
    generation: |generation| match generation {
        Generation::A => "Generation A (callbacks)",
        Generation::B => "Generation B (tasks)",
        Generation::Both => "Both generations",
        Generation::Core => "Core",
        Generation::Lua => "Lua 5.1",
    },
    modules: |modules| match modules {
        Modules::All => "",
        Modules::TwoG => "2G only",
        Modules::FourG => "4G only",
    },
    not_here: "Not supported",
};

const CHINESE: Language = Language {
    suffix: ".zh",
    other_suffix: "",
    other_name: "English",
    pick: |words| words.zh,
    title: "脚本可以调用的接口",
    opening: "每个表一页。接口的行为与模块相同；不同之处写在各页，原因见 [quirks.zh.md](../quirks.zh.md)。\n\
        这些页面由 `crates/device/catalogue` 生成，并有测试保证与脚本实际能找到的名字一致。",
    index_head: "| 表 | | 名字数 |",
    absent_title: "不支持的接口",
    absent: "以下接口模块上有，也有脚本在用。在这里使用会报错，错误信息写明调用的名字和本页。\n\
        工程自带同名文件（例如自己的 `mqtt.lua`）时，使用工程自己的。*斜体*的名字读出来是 `nil`，\n\
        因为脚本常以此探测模块的功能；只有调用才会报错。",
    all_tables: "全部接口",
    head: "| | 作用 | 与模块的不同 |",
    generation: |generation| match generation {
        Generation::A => "第一代接口（回调）",
        Generation::B => "第二代接口（任务）",
        Generation::Both => "两代通用",
        Generation::Core => "核心库",
        Generation::Lua => "Lua 5.1",
    },
    modules: |modules| match modules {
        Modules::All => "",
        Modules::TwoG => "仅 2G",
        Modules::FourG => "仅 4G",
    },
    not_here: "不支持",
};

/// Every page by its file name.
pub(crate) fn all() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for language in [&ENGLISH, &CHINESE] {
        pages.insert(format!("README{}.md", language.suffix), index(language));
        for table in catalogue::tables() {
            pages.insert(format!("{}{}.md", table.name, language.suffix), page(table, language));
        }
    }
    pages
}

fn index(language: &Language) -> String {
    let Language { suffix, other_suffix, other_name, title, opening, .. } = language;
    let mut page = format!("# {title}\n\n[{other_name}](README{other_suffix}.md)\n\n{opening}\n\n");
    page.push_str(&format!("{}\n| --- | --- | ---: |\n", language.index_head));
    for table in catalogue::tables() {
        let (name, about) = (table.name, (language.pick)(table.about));
        let names = table.entries.iter().flat_map(Entry::names).count();
        page.push_str(&format!("| [`{name}`]({name}{suffix}.md) | {about} | {names} |\n"));
    }
    page.push_str(&format!("\n## {}\n\n{}\n\n", language.absent_title, language.absent));
    for (table, names) in catalogue::absent_tables() {
        page.push_str(&format!("- **`{table}`**: {}\n", absent(names)));
    }
    page
}

fn absent(names: impl Iterator<Item = (&'static str, Absence)>) -> String {
    let names = names.map(|(name, absence)| match absence {
        Absence::Refused => format!("`{name}`"),
        Absence::Probed => format!("*`{name}`*"),
    });
    names.collect::<Vec<_>>().join(" ")
}

fn page(table: &Table, language: &Language) -> String {
    let Language { suffix, other_suffix, other_name, all_tables, .. } = language;
    let (name, about) = (table.name, (language.pick)(table.about));
    let mut page = format!(
        "# `{name}`\n\n{about}\n\n[{all_tables}](README{suffix}.md) · [{other_name}]({name}{other_suffix}.md)\n"
    );
    let mut last = None;
    for entry in &table.entries {
        if last != Some(entry.generation) {
            last = Some(entry.generation);
            let generation = (language.generation)(entry.generation);
            page.push_str(&format!(
                "\n## {generation}\n\n{}\n| --- | --- | --- |\n",
                language.head
            ));
        }
        page.push_str(&row(entry, language));
    }
    if let Some(names) = catalogue::absent_names(name) {
        page.push_str(&format!("\n## {}\n\n{}\n", language.not_here, absent(names)));
    }
    page
}

fn row(entry: &Entry, language: &Language) -> String {
    let call = match entry.signature() {
        Some(signature) => format!("`{}{signature}`", entry.written),
        None => {
            entry.written.split(", ").map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" ")
        }
    };
    let modules = match (language.modules)(entry.modules) {
        "" => String::new(),
        modules => format!(" *{modules}*"),
    };
    let about = (language.pick)(entry.about);
    let differs = entry.differs.map_or("", language.pick);
    format!("| {}{modules} | {about} | {differs} |\n", call.replace('|', "\\|"))
}
