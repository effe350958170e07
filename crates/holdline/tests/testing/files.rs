//! Which files are run, in which order, with what; and that a test sees no other.

use super::{SCRIPT, project, run};
use crate::rig::{ended, holdline};
use encoding_rs::GBK;
use std::fs;

const PASSING: &str = "test('NAME', function(world)\nlocal server = world:server(9999)\nworld:boot()\n\
                       world:run('1m')\nexpect(server:connects()):exactly(1)\nend)\n";

fn passing(name: &str) -> String {
    PASSING.replace("NAME", name)
}

fn names(stdout: &str) -> Vec<&str> {
    stdout
        .lines()
        .filter_map(|line| {
            line.strip_prefix("ok ")?.split("   ").find(|part| !part.trim().is_empty())
        })
        .map(str::trim)
        .collect()
}

#[test]
fn files_run_in_the_order_of_their_names() {
    let project = project(passing("third") + &passing("fourth"));
    fs::write(project.path().join("tests/a.lua"), passing("first") + &passing("second")).unwrap();
    fs::write(project.path().join("tests/notes.txt"), "no test").unwrap();
    let end = run(&project, &[]);
    assert_eq!(
        (end.code, names(&end.stdout)),
        (Some(0), vec!["first", "second", "third", "fourth"])
    );

    let file = project.path().join("tests/it.lua");
    let end = ended(holdline(&["test"]).arg(&file));
    assert_eq!((end.code, names(&end.stdout)), (Some(0), vec!["third", "fourth"]));

    let end = ended(holdline(&["test", "it.lua"]).current_dir(project.path().join("tests")));
    assert_eq!(names(&end.stdout), ["third", "fourth"], "{}", end.stderr);
    let end = ended(holdline(&["test"]).current_dir(project.path()));
    assert_eq!(names(&end.stdout).len(), 4, "{}", end.stderr);

    let end = run(&project, &["--filter", "fo"]);
    assert_eq!(names(&end.stdout), ["fourth"]);
    let end = run(&project, &["--filter", "nothing"]);
    assert_eq!(end.code, Some(2));
    assert!(end.stderr.contains("no test has `nothing` in its name"), "{}", end.stderr);
}

#[test]
fn folders_of_tests_are_run_too_each_by_itself_or_all() {
    let project = project(passing("third"));
    let deep = project.path().join("tests/faults/night");
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("dark.lua"), passing("first")).unwrap();
    fs::write(project.path().join("tests/faults/z.lua"), passing("second")).unwrap();
    std::os::unix::fs::symlink(project.path(), deep.join("round")).unwrap();
    let end = run(&project, &[]);
    assert_eq!((end.code, names(&end.stdout)), (Some(0), vec!["first", "second", "third"]));

    for file in ["tests/faults/night/dark.lua", "tests/faults/../faults/night/dark.lua"] {
        let end = ended(holdline(&["test"]).arg(project.path().join(file)));
        assert_eq!(names(&end.stdout), ["first"], "{}", end.stderr);
    }
    let end = ended(holdline(&["test", "dark.lua"]).current_dir(&deep));
    assert_eq!(names(&end.stdout), ["first"], "{}", end.stderr);
}

#[test]
fn a_project_without_tests_and_a_file_outside_are_told() {
    let project = crate::rig::Project::main(SCRIPT);
    let end = run(&project, &[]);
    assert_eq!(end.code, Some(2));
    assert!(
        end.stderr.contains("has no test files") && end.stderr.contains("hint: "),
        "{}",
        end.stderr
    );
    fs::write(project.path().join("it.lua"), passing("x")).unwrap();
    let end = ended(holdline(&["test", "--lang", "zh"]).arg(project.path().join("it.lua")));
    assert_eq!(end.code, Some(2));
    assert!(end.stderr.contains("不在工程的 `tests` 文件夹里"), "{}", end.stderr);
    assert_eq!(ended(&mut holdline(&["test", "/no/such/place"])).code, Some(2));
}

#[test]
fn one_seed_has_one_hash() {
    let project = project(passing("x"));
    let hash = |flags: &[&str]| {
        let end = run(&project, flags);
        assert_eq!(end.code, Some(0), "{}", end.stdout);
        end.stdout.lines().last().unwrap().to_owned()
    };
    assert_eq!(hash(&[]), hash(&["--seed", "1"]));
    assert_ne!(hash(&[]), hash(&["--module", "air202"]));
}

#[test]
fn a_test_asks_for_its_own_module_boot_time_and_seed() {
    let test = "test('it', { module = 'air202', boot = 'module', seed = 7 }, function(world)\n\
                local device = world:boot()\nworld:run('7s')\nexpect(device:is_online()):equals(false)\n\
                world:run('1s')\nexpect(device:is_online()):equals(true)\nend)";
    let end = run(&project(test), &[]);
    assert_eq!(end.code, Some(0), "{}", end.stdout);
    let wrong = run(&project(test.replace("seed =", "sed =")), &[]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stdout.contains("`test` has no option `sed`"), "{}", wrong.stdout);
}

#[test]
fn a_test_sees_nothing_that_another_left() {
    let test = |name: &str| {
        let body = "if next(GIVEN) then error('kept') end\nGIVEN[1] = world\nworld:run";
        passing(name).replace("world:run", body)
    };
    let end = run(&project(format!("GIVEN = {{}}\n{}{}", test("one"), test("two"))), &[]);
    assert_eq!((end.code, names(&end.stdout)), (Some(0), vec!["one", "two"]), "{}", end.stdout);
}

#[test]
fn every_word_can_be_listed() {
    for lang in ["en", "zh"] {
        let end = ended(&mut holdline(&["test", "--words", "--lang", lang]));
        assert_eq!(end.code, Some(0));
        assert!(end.stdout.contains("world:run(time: string) -> World"), "{}", end.stdout);
        assert!(end.stdout.contains("expect(...):every(period: string)"), "{}", end.stdout);
    }
}

/// Scripts and tests are in GBK or UTF-8, each as its author's editor writes it.
#[test]
fn a_test_and_a_script_may_differ_in_their_encoding() {
    let script = "PROJECT, VERSION = 'G', '1'\nrequire 'sys'\nprint('启动')\n\
                  sys.timerStart(function() sys.restart('网络初始化失败') end, 60000)\n\
                  sys.init(0, 0)\nsys.run()\n";
    let test = "test('网络不通就重启', function(world)\nlocal device = world:boot()\nworld:run('90s')\n\
                expect(device:log('启动')):exactly(2)\nexpect(device:log_exactly('启动')):exactly(2)\n\
                expect(device:restarts('初始化失败')):exactly(1)\n\
                expect(device:restarts('脚本重启设备：')):exactly(1)\n\
                expect(device:log('启停')):exactly(0)\nend)\n";
    let encodings =
        [|text: &str| text.as_bytes().to_vec(), |text: &str| GBK.encode(text).0.into_owned()];
    for script_in in encodings {
        for test_in in encodings {
            let project = project(test_in(test));
            fs::write(project.path().join("main.lua"), script_in(script)).unwrap();
            let end = run(&project, &[]);
            assert_eq!(end.code, Some(0), "{}", end.stdout);
            assert_eq!(names(&end.stdout), ["网络不通就重启"], "{}", end.stdout);
            let failing = test.replace("exactly(0)", "exactly(3)");
            fs::write(project.path().join("tests/it.lua"), test_in(&failing)).unwrap();
            let end = run(&project, &[]);
            assert_eq!(end.code, Some(1), "{}", end.stdout);
            assert!(end.stdout.contains("expect(device:log('启停'))"), "{}", end.stdout);
        }
    }
}
