//! What is true of the catalogue, and how its files are read.

use super::parse::table;
use super::*;
use std::collections::BTreeSet;
use std::path::Path;

const GOOD: &str = "# a comment
table x
    Some calls.
    一些调用。

B 4G must  x.send(data: string, done?: fun(ok: boolean, n: number), ...: any): boolean, string?
    Sends.
    发送。
    ! At once.
    ! 立即。
core  x.P0_2..4, x.P0_9
    Pins.
    引脚。
A message  GONE(why: string)
    It is gone.
    没有了。
";

#[test]
fn a_file_reads_as_its_entries() {
    let table = table("x", GOOD).unwrap();
    assert_eq!(table.about.zh, "一些调用。");
    let [send, pins, gone] = &table.entries[..] else { panic!("{table:?}") };

    assert_eq!(
        (send.generation, send.modules, send.is_must),
        (Generation::B, Modules::FourG, true)
    );
    assert_eq!(send.differs, Some(Words { en: "At once.", zh: "立即。" }));
    let signature = send.signature().unwrap();
    assert_eq!((signature.arguments_min(), signature.arguments_max()), (1, None));
    assert_eq!(signature.params[1].kind, "fun(ok: boolean, n: number)");
    assert_eq!(signature.returns, ["boolean", "string?"]);
    assert!(GOOD.contains(&signature.to_string()), "{signature}");

    assert_eq!(pins.names().collect::<Vec<_>>(), ["x.P0_2", "x.P0_3", "x.P0_4", "x.P0_9"]);
    assert_eq!(pins.kind, Kind::Constant);
    assert!(matches!(&gone.kind, Kind::Message(signature) if signature.arguments_max() == Some(1)));
}

#[test]
fn a_bad_line_is_named_with_its_file_and_what_would_do() {
    let bad = |from: &str, to: &str| {
        assert!(GOOD.contains(from), "{from}");
        table("x", GOOD.replace(from, to).leak()).unwrap_err().to_string()
    };
    assert_eq!(
        bad("table x", "table y"),
        "catalogue/x.txt:2: the first line is `table NAME`, as the file is called"
    );
    assert!(bad("B 4G", "C 4G").starts_with("catalogue/x.txt:6: an entry begins with `A`"));
    assert!(bad("x.send(", "(").contains(":6: `` is no name"));
    assert!(
        bad("A message  GONE(why: string)", "A message").contains(":14: an entry needs a name")
    );
    assert!(bad("...: any)", "...: any").contains(":6: no `)` ends"));
    assert!(bad("): boolean, string?", ") boolean").contains("not ` boolean`"));
    assert!(bad("data: string", "data").contains("`data` is no parameter"));
    assert!(bad("...: any", "...: any, last: any").contains("`last: any` is no parameter"));
    assert!(bad("x.P0_2..4", "x.P0_2..x").contains("`x.P0_2..x` is no name"));
    assert!(
        bad("    引脚。\n", "")
            .contains(":11: below comes a line in English and one in Chinese, here are 1")
    );
    assert!(bad("    ! 立即。\n", "").contains(":6: behind `!` comes"));
    assert_eq!(
        table("x", "").unwrap_err().to_string().split(": ").next(),
        Some("catalogue/x.txt:1")
    );
}

#[test]
fn every_file_is_read_and_in_order() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let files: BTreeSet<_> = files.map(|path| path.file_stem().unwrap().to_owned()).collect();
    let listed: Vec<_> = FILES.iter().map(|(name, _)| *name).collect();
    assert!(listed.is_sorted(), "{listed:?}");
    let listed: BTreeSet<_> = listed.into_iter().chain(["absent"]).map(Into::into).collect();
    assert_eq!(files, listed);
    for (file, text) in FILES {
        table(file, text).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn every_name_is_told_once_and_in_both_languages() {
    let mut seen = BTreeSet::new();
    for table in tables() {
        for entry in &table.entries {
            for name in entry.names() {
                assert!(seen.insert(name.clone()), "`{name}` is in the catalogue twice");
                assert_eq!(find(&name).map(|found| found.written), Some(entry.written));
            }
            for Words { en, zh } in [Some(entry.about), entry.differs].into_iter().flatten() {
                assert!(en.is_ascii(), "`{}`: `{en}` is not English", entry.written);
                assert!(!zh.is_ascii(), "`{}`: `{zh}` is not Chinese", entry.written);
                assert!(
                    en.ends_with('.') && zh.ends_with('。'),
                    "`{}`: `{en}` `{zh}`",
                    entry.written
                );
            }
        }
    }
    assert_eq!(find("sys.nothing"), None);
}

#[test]
fn what_is_absent_is_not_in_the_catalogue() {
    for (table, names) in absent_tables() {
        let mut seen = BTreeSet::new();
        for (name, _) in names {
            assert!(
                find(&format!("{table}.{name}")).is_none(),
                "`{table}.{name}` is in absent.txt too"
            );
            assert!(seen.insert(name), "`{table}.{name}` is in absent.txt twice");
        }
    }
    let tables: Vec<_> = absent_tables().map(|(table, _)| table.to_lowercase()).collect();
    assert!(tables.is_sorted(), "absent.txt is not in order");
    assert_eq!(absence("rtos", "sleep"), Some(Absence::Refused));
    assert_eq!(absence("io", "mount"), Some(Absence::Probed));
    assert_eq!(absence("rtos", "tick"), None);
}
