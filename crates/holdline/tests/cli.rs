//! The command line: flags, output, exit codes, signals.

mod rig;

use rig::{Project, ended, holdline};
use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};

const IDLE: &str = "print('up') while true do rtos.receive(0) end";

#[test]
fn a_wrong_value_says_what_and_where_and_the_way_out() {
    let cases = [
        (["--for", "10"], "holdline: --for: `10` is not a duration", "`90s`"),
        (["--boot", "slow"], "holdline: --boot: `slow` is not a boot time", "`module`"),
        (["--module", "air1"], "holdline: --module: `air1` is not a module", "`air724ug`"),
        (["--redirect", "a"], "holdline: --redirect: `a` has no `=`", "`*=localhost`"),
        (["--redirect", "a=b:x"], "holdline: --redirect: `b:x`, right of `=`", "FROM=TO"),
        (["--restarts", "-1"], "holdline: --restarts: `-1` is not a whole number", "0"),
        (["--seed", "x"], "holdline: --seed: `x` is not a whole number", "0"),
    ];
    let project = Project::main(IDLE);
    for (flags, says, hints) in cases {
        let flag = format!("{}={}", flags[0], flags[1]);
        let end = project.run(&[&flag]);
        assert_eq!((end.code, end.stdout.as_str()), (Some(2), ""), "{flags:?}");
        let (text, hint) = end.stderr.split_once('\n').unwrap();
        assert!(text.starts_with(says), "{flags:?}: {text}");
        assert!(hint.starts_with("hint: ") && hint.contains(hints), "{flags:?}: {hint}");
    }
}

#[test]
fn an_unknown_choice_or_flag_shows_what_there_is() {
    for (flag, says) in [
        ("--color=red", "`auto`, `always`, `never`"),
        ("--lang=fr", "`en`, `zh`"),
        ("--redirct=a", "--redirect"),
    ] {
        let end = Project::main(IDLE).run(&[flag]);
        assert_eq!(end.code, Some(2), "{flag}");
        assert!(end.stderr.starts_with("holdline: "), "{}", end.stderr);
        assert!(end.stderr.contains(says), "{}", end.stderr);
    }
}

#[test]
fn mistakes_are_told_in_chinese_too() {
    let project = Project::main(IDLE);
    let end = ended(project.command(&["--for=x"]).env("LC_ALL", "zh_CN.UTF-8"));
    assert!(end.stderr.starts_with("holdline: --for: `x` 不是时长\n提示："), "{}", end.stderr);
    let end = project.run(&["--lang", "zh", "--for=x"]);
    assert!(end.stderr.contains("提示："), "{}", end.stderr);
}

#[test]
fn a_project_that_cannot_be_loaded_is_named() {
    let end = ended(&mut holdline(&["run", "no/such/place"]));
    assert_eq!(end.code, Some(2));
    assert!(end.stderr.starts_with("holdline: cannot load project `no/such/place`: cannot read"));
    assert!(end.stderr.contains("\nhint: "), "{}", end.stderr);

    let project = Project::new(&[("tcp.lua", b"print(1)")]);
    let end = project.run(&[]);
    assert_eq!(end.code, Some(2));
    assert!(end.stderr.contains("has no `main.lua`"), "{}", end.stderr);
    assert!(end.stderr.contains("hint: to run one file: holdline run "), "{}", end.stderr);
}

#[test]
fn help_and_version_are_no_mistakes() {
    for flag in ["--help", "--version"] {
        let end = ended(&mut holdline(&[flag]));
        assert_eq!((end.code, end.stderr.as_str()), (Some(0), ""));
        assert!(!end.stdout.is_empty());
    }
}

#[test]
fn each_line_of_output_has_the_time_in_front() {
    let main = "print('one\\r\\ntwo', 3) print('\\27[2J') while true do rtos.receive(0) end";
    let end = Project::main(main).run(&["--for", "100ms", "--quiet"]);
    assert_eq!((end.code, end.stderr.as_str()), (Some(0), ""));
    let lines: Vec<_> = end.stdout.lines().collect();
    let texts: Vec<_> = lines.iter().map(|line| line.split_at(13)).collect();
    assert!(texts.iter().all(|(time, _)| time.starts_with("00:00:0") && time.ends_with(' ')));
    let texts: Vec<_> = texts.into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["one", "two\t3", "\\x1B[2J"]);
}

#[test]
fn gbk_output_is_readable() {
    let main = b"print('\xCE\xBB\xD6\xC3') while true do rtos.receive(0) end";
    let end = Project::new(&[("main.lua", main)]).run(&["--for", "50ms"]);
    assert!(end.stdout.contains("位置"), "{}", end.stdout);
}

#[test]
fn events_can_take_standard_output() {
    let end = Project::main(IDLE).run(&["--for", "200ms", "--events", "-"]);
    assert_eq!(end.code, Some(0));
    assert!(end.stderr.contains(" up\n"), "{}", end.stderr);
    let events: Vec<serde_json::Value> =
        end.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events[0]["format"], "holdline events");
    assert_eq!(events[1]["fact"], "powered_on");
    assert_eq!(events[2]["order"], "print");
    assert_eq!(events[2]["text"], "up");
    assert_eq!(events[2]["hex"], "7570");
    assert_eq!(events[2]["device"], 0);
    assert!(events[1..].iter().all(|event| event["ms"].is_number()));
    assert!(events.iter().any(|event| event["state"] == "Online"), "{events:?}");
}

/// All that a run follows from stands in the file, so that it can be repeated.
#[test]
fn events_begin_with_what_the_run_follows_from() {
    let main = "rtos.timer_start(1, 20) while true do rtos.receive(0) end";
    let project = Project::main(main);
    let state = project.path().join("state");
    std::fs::create_dir_all(state.join("#lua_user#")).unwrap();
    std::fs::write(state.join("a.txt"), "x").unwrap();
    std::fs::write(state.join("#lua_user#/odd%20name"), [0xFF]).unwrap();
    let state = state.to_str().unwrap();
    let args = ["--for", "300ms", "--seed", "7", "--module", "air202", "--state", state];
    let end = project.run(&[&args[..], &["--events", "-"]].concat());
    let events: Vec<serde_json::Value> =
        end.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();

    assert_eq!(events[0]["version"], 2);
    let digest = events[0]["project"]["main.lua"].as_str().unwrap();
    assert_eq!(digest.len(), 32, "{digest}");
    let files: Vec<_> = events.iter().filter(|event| event["fact"] == "file").collect();
    assert_eq!(
        (&files[0]["path"], &files[0]["hex"]),
        (&"/#lua_user#/odd name".into(), &"ff".into())
    );
    assert_eq!((&files[1]["path"], &files[1]["hex"]), (&"/a.txt".into(), &"78".into()));
    assert_eq!(files.len(), 2);
    let on = events.iter().find(|event| event["fact"] == "powered_on").unwrap();
    assert_eq!((&on["seed"], &on["module"]), (&7.into(), &"air202".into()));
    assert_eq!(on["boot"]["sim_ms"], 2.0);
    assert_eq!(on["identity"]["imei"].as_str().unwrap().len(), 15);

    let timer = events.iter().find(|event| event["fact"] == "time_passed").unwrap();
    let late = timer["ms"].as_f64().unwrap() - timer["due"].as_f64().unwrap();
    assert!(late >= 0.0, "{timer}");
    assert_eq!(events.last().unwrap()["fact"], "powered_off");
}

#[test]
fn events_tell_what_pins_drive_and_a_blinking_light_once() {
    let main = "require 'netLed' netLed.setup(true, pio.P0_1) pio.pin.setdir(pio.OUTPUT1, 37) \
        pio.pin.setval(1, 37) pio.pin.close(37) while true do rtos.receive(0) end";
    let end = Project::main(main).run(&["--for", "500ms", "--boot", "1h", "--events", "-"]);
    let pins: Vec<_> = end.stdout.lines().filter(|line| line.contains("\"pin\"")).collect();
    let [light, lte, high, released, ..] = pins[..] else { panic!("{}", end.stdout) };
    assert!(light.ends_with(r#""order":"pin","pin":"P0_1","on_ms":300,"off_ms":3700}"#), "{light}");
    assert!(lte.ends_with(r#""pin":"P2_1","level":0}"#), "{lte}");
    assert!(high.ends_with(r#""pin":"P1_5","level":1}"#), "{high}");
    assert!(released.ends_with(r#""pin":"P1_5","level":null}"#), "{released}");
}

#[test]
fn an_event_file_that_cannot_be_made_is_named() {
    let end = Project::main(IDLE).run(&["--events", "/no/such/folder/e.json"]);
    assert_eq!(end.code, Some(2));
    assert!(end.stderr.contains("cannot open event file `/no/such/folder/e.json`"));
    assert!(end.stderr.contains("hint: "), "{}", end.stderr);
}

#[test]
fn one_restart_too_many_ends_the_run() {
    let main = "rtos.timer_start(1, 5) rtos.receive(0) rtos.restart('tired')";
    let end = Project::main(main).run(&["--restarts", "1"]);
    assert_eq!(end.code, Some(1));
    assert_eq!(end.stderr.matches("restarts the device: tired").count(), 2, "{}", end.stderr);
    assert!(end.stderr.contains("--restarts 1"), "{}", end.stderr);
}

#[test]
fn a_script_error_is_told_in_full_once_with_its_reason() {
    let main = "local function go() later() end\ngo()\nlocal function later() end";
    let end = Project::main(main).run(&["--restarts", "1", "--quiet"]);
    assert_eq!(end.code, Some(1));
    let text = "main.lua:1: attempt to call global 'later' (a nil value)";
    assert_eq!(end.stderr.matches(text).count(), 2, "{}", end.stderr);
    assert_eq!(end.stderr.matches("stack traceback").count(), 1, "{}", end.stderr);
    assert!(end.stderr.contains("the same script error, time 2"), "{}", end.stderr);
    assert_eq!(end.stderr.matches("hint: main.lua:1: `later` is nil here").count(), 1);
    assert!(end.stderr.contains("in line 3"), "{}", end.stderr);
}

#[test]
fn a_device_that_is_switched_off_ends_the_run() {
    for main in ["rtos.poweroff()", "rtos.timer_start(1, 50) rtos.receive(0) rtos.poweroff()"] {
        let end = Project::main(main).run(&[]);
        assert_eq!(end.code, Some(0));
        assert!(end.stderr.contains("switched the device off"), "{}", end.stderr);
    }
}

#[test]
fn signals_end_the_run_in_order() {
    for name in ["INT", "TERM"] {
        let project = Project::main(IDLE);
        let mut running = project.start(&[]);
        running.wait_for("up");
        let asked = Instant::now();
        running.signal(name);
        let (code, _) = running.end();
        assert_eq!(code, Some(0), "{name}");
        assert!(asked.elapsed() < Duration::from_millis(700), "{:?}", asked.elapsed());
    }
}

#[test]
fn a_script_that_never_lets_go_is_cut_off() {
    let project = Project::main("io.open('/busy', 'w'):close() while true do end");
    let files = tempfile::tempdir().unwrap();
    let running = project.start(&["--state", &files.path().display().to_string()]);
    while !files.path().join("busy").exists() {
        std::thread::yield_now();
    }
    let asked = Instant::now();
    running.signal("INT");
    let (code, lines) = running.end();
    assert_eq!(code, Some(0));
    assert!(asked.elapsed() < Duration::from_millis(1500), "{:?}", asked.elapsed());
    assert!(lines.iter().any(|line| line.contains("has not let go")), "{lines:?}");
}

#[test]
fn a_closed_standard_output_ends_the_run_quietly() {
    let main = "while true do rtos.timer_start(1, 5) rtos.receive(0) print('tick') end";
    let project = Project::main(main);
    let mut command = project.command(&[]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 1];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!stderr.contains("holdline:"), "{stderr}");
}

#[test]
fn the_demo_shows_both_sides_within_a_second() {
    let end = ended(&mut holdline(&["demo", "--for", "1s"]));
    assert_eq!(end.code, Some(0));
    let sides =
        ["server | a device is connected", "server | <- heart data", "server | -> heart ok"];
    for text in sides.iter().chain(&["ntfy\tCONNECT\ttrue", "rcv\theart ok"]) {
        assert!(end.stdout.contains(text), "`{text}` is missing:\n{}", end.stdout);
    }
    assert!(end.stderr.contains("connected to 127.0.0.1:"), "{}", end.stderr);
    assert!(end.stderr.contains("the lab is open: http://127.0.0.1:"), "{}", end.stderr);
    assert!(!end.stdout.contains('\x1b'), "colours are for terminals");
}

#[test]
fn the_demo_is_coloured_and_chinese_where_that_is_asked_for() {
    let end = ended(&mut holdline(&["demo", "--for", "800ms", "--color=always", "--lang=zh"]));
    assert!(end.stdout.contains("\x1b[36m"), "{}", end.stdout);
    assert!(end.stdout.contains("server | 设备已连上"), "{}", end.stdout);
    assert!(end.stderr.contains("已连接 127.0.0.1:"), "{}", end.stderr);
}

/// Tells every number of the device, once they are known.
const NUMBERS: &str = "require 'misc' require 'sim' PROJECT, VERSION = 'N', '1' sys.timerStart(function() \
    print('all', misc.getImei(), misc.getSn(), misc.getMuid(), misc.getModelType(), sim.getIccid(), \
    sim.getImsi(), sim.getMcc(), sim.getMnc(), sim.getNumber()) rtos.poweroff() end, 200) \
    sys.init(0, 0) sys.run()";

fn numbers(project: &Project, args: &[&str]) -> String {
    let end = project.run(args);
    let line = end.stdout.lines().find_map(|line| line.split_once("all\t")).map(|(_, all)| all);
    line.unwrap_or_else(|| panic!("{end:?}")).to_owned()
}

#[test]
fn a_project_has_one_identity_unless_a_seed_or_a_file_says_otherwise() {
    let (project, other) = (Project::main(NUMBERS), Project::main(NUMBERS));
    let own = numbers(&project, &[]);
    assert_eq!(numbers(&project, &[]), own, "the same in each run");
    assert_ne!(numbers(&other, &[]), own);
    let seeded = numbers(&project, &["--seed", "7"]);
    assert_ne!(seeded, own);
    assert_eq!(numbers(&other, &["--seed", "7"]), seeded);

    let all = "imei = \"490154203237518\"\niccid = \"89860402345678901236\"\nimsi = \"262011234567890\"\n\
        sn = \"SN-1\"\nmuid = \"M-1\"\nmodel = \"Air1\"\nnumber = \"+8613800138000\"\n";
    let file = project.path().join("identity.toml");
    std::fs::write(&file, all).unwrap();
    let file = file.display().to_string();
    let given = "490154203237518\tSN-1\tM-1\tAir1\t89860402345678901236\t262011234567890\t262\t01\t+8613800138000";
    assert_eq!(numbers(&project, &["--identity", &file, "--seed", "7"]), given);
    std::fs::write(&file, "sn = 'SN-1'").unwrap();
    let mixed = numbers(&project, &["--identity", &file, "--seed", "7"]);
    assert_eq!(
        mixed.split('\t').next(),
        seeded.split('\t').next(),
        "the rest follows from the seed"
    );
    assert!(mixed.contains("\tSN-1\t"), "{mixed}");
}

#[test]
fn a_bad_number_is_told_with_its_line_and_what_is_right() {
    let project = Project::main(NUMBERS);
    let file = project.path().join("identity.toml");
    let path = file.display().to_string();
    for (text, says, hints) in [
        (
            "sn = 'S'\nimei = '490154203237519'",
            ":2: `490154203237519` is no imei: its check digit",
            "490154203237518",
        ),
        ("imei = '49'", ":1: `49` is no imei", "15 digits"),
        ("\n\nimsi = '46004'", ":3: `46004` is no imsi", "country, network"),
        ("iccid = '1234567890123456789'", ":1: `1234567890123456789` is no iccid", "begin with 89"),
        ("imei = 490154203237518", ":1: the value is not text", "in quotes"),
        ("imie = '490154203237518'", ":1: a device has no number called `imie`", "imei, iccid"),
        ("sn = 'a'\nimei", ":2: not TOML", "in quotes"),
    ] {
        std::fs::write(&file, text).unwrap();
        let end = project.run(&["--identity", &path]);
        assert_eq!((end.code, end.stdout.as_str()), (Some(2), ""), "{text}");
        let (told, hint) = end.stderr.split_once('\n').unwrap();
        assert!(told.starts_with(&format!("holdline: {path}{says}")), "{text}: {told}");
        assert!(hint.starts_with("hint: ") && hint.contains(hints), "{text}: {hint}");
    }
    let end = project.run(&["--identity", &path, "--lang", "zh"]);
    assert!(end.stderr.contains("不是 TOML"), "{}", end.stderr);
    let end = project.run(&["--identity", "/no/such/file"]);
    assert!(end.stderr.contains("cannot read identity file `/no/such/file`"), "{}", end.stderr);
}

/// A script that counts its runs in a file.
const COUNTS: &str = "local f = io.open('/runs') local n = f and f:read('*n') or 0 \
    print('run', n) io.open('/runs', 'w'):write(n + 1) while true do rtos.receive(0) end";

#[test]
fn files_stay_where_a_folder_keeps_them() {
    let (project, files) = (Project::main(COUNTS), tempfile::tempdir().unwrap());
    let folder = files.path().join("new").display().to_string();
    for run in ["run\t0", "run\t1", "run\t2"] {
        let end = project.run(&["--for", "50ms", "--state", &folder]);
        assert!(end.stdout.contains(run), "{}", end.stdout);
    }
}

#[test]
fn files_stay_with_the_project_where_no_folder_is_named() {
    let (project, other) = (Project::main(COUNTS), Project::main(COUNTS));
    for run in ["run\t0", "run\t1"] {
        let end = project.run(&["--for", "50ms"]);
        assert!(end.stdout.contains(run), "{}", end.stdout);
    }
    assert!(
        other.run(&["--for", "50ms"]).stdout.contains("run\t0"),
        "another project's are its own"
    );
}

#[test]
fn two_runs_of_a_project_do_not_share_files() {
    let project = Project::main(COUNTS);
    let mut first = project.start(&[]);
    first.wait_for("run\t0");
    let second = project.run(&["--for", "50ms"]);
    assert!(second.stdout.contains("run\t0"), "{}", second.stdout);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let mut holder = project.start(&["--state", &path]);
    holder.wait_for("run\t0");
    let refused = project.run(&["--state", &path]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("that no other run uses"), "{}", refused.stderr);
}

#[test]
fn a_folder_that_cannot_keep_files_is_named() {
    let project = Project::main(IDLE);
    let file = project.path().join("main.lua").display().to_string();
    let end = project.run(&["--state", &file]);
    assert_eq!(end.code, Some(2));
    assert!(end.stderr.contains(&format!("cannot keep files in `{file}`")), "{}", end.stderr);
    assert!(end.stderr.contains("hint: "), "{}", end.stderr);
}

/// A script that replaces a file again and again, by one letter's content after the other's.
const REPLACES: &str = "print('up') local i = 0 while true do i = i + 1 \
    local f = io.open('/f', 'w') f:write((i % 2 == 0 and 'a' or 'b'):rep(200000)) f:close() end";

#[test]
fn a_kill_leaves_the_old_or_the_new_content() {
    let (project, files) = (Project::main(REPLACES), tempfile::tempdir().unwrap());
    let folder = files.path().display().to_string();
    for _each in 0..5 {
        let running = project.start(&["--state", &folder]);
        while !files.path().join("f").exists() {
            std::thread::yield_now();
        }
        running.signal("KILL");
        running.end();
        let content = std::fs::read(files.path().join("f")).unwrap();
        assert_eq!(content.len(), 200_000);
        assert!(content.iter().all(|&byte| byte == content[0]));
        std::fs::remove_file(files.path().join("f")).unwrap();
    }
    let end = Project::main(IDLE).run(&["--for", "50ms", "--state", &folder]);
    assert_eq!(end.code, Some(0));
    let left = std::fs::read_dir(files.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(left.collect::<Vec<_>>(), [".lock"], "nothing else is left behind");
}

#[test]
fn a_library_folder_goes_after_the_project_and_before_what_is_built_in() {
    let main =
        "require 'helper' require 'extra' require 'pins' print(helper, extra, type(pins.setup))";
    let project = Project::new(&[
        ("main.lua", main.as_bytes()),
        ("helper.lua", b"_G.helper = 'the project'"),
        ("pins.lua", b"error('the project brings its own')"),
    ]);
    let library = Project::new(&[
        ("helper.lua", b"error('the project has one')".as_slice()),
        ("extra.lua", b"_G.extra = 'the folder'"),
    ]);
    let folder = library.path().display().to_string();
    let end = project.run(&["--restarts", "0", "--lib", &folder]);
    assert!(end.stdout.contains("the project\tthe folder\tfunction"), "{}", end.stdout);
    assert!(end.stderr.contains("the project brings its own `pins.lua`"), "{}", end.stderr);

    let own = Project::new(&[("pins.lua", b"_G.pins = { setup = 'mine' }".as_slice())]);
    let folder = own.path().display().to_string();
    let end = project.run(&[
        "--restarts",
        "0",
        "--lib",
        &folder,
        "--lib",
        &library.path().display().to_string(),
    ]);
    assert!(end.stdout.contains("the project\tthe folder\tstring"), "{}", end.stdout);
}

#[test]
fn a_library_folder_that_cannot_be_read_is_named() {
    let end = Project::main(IDLE).run(&["--lib", "/nope/lib"]);
    assert_eq!(end.code, Some(2));
    assert!(end.stderr.contains("cannot read the library folder `/nope/lib`"), "{}", end.stderr);
    assert!(end.stderr.contains("hint: name a folder that holds library files"), "{}", end.stderr);
}

#[test]
fn a_value_that_is_no_choice_has_them_all_in_both_languages() {
    for (args, en, zh) in [
        (
            ["new", "x", "--kind", "big"],
            "--kind: `big` is none of its values\nhint: it takes `long`, ",
            "--kind: 没有 `big` 这个值\n提示：可用 `long`、",
        ),
        (
            ["run", "x", "--tls", "maybe"],
            "--tls: `maybe` is none of its values\nhint: it takes `module`, `verify`\n",
            "可用 `module`、`verify`\n",
        ),
    ] {
        for (lang, says) in [("en", en), ("zh", zh)] {
            let end = ended(holdline(&args).args(["--lang", lang]));
            assert_eq!(end.code, Some(2));
            assert!(end.stderr.contains(says), "{}", end.stderr);
        }
    }
    let end = ended(holdline(&["run", "x", "--lang", "zh"]).arg("--tls"));
    assert!(end.stderr.starts_with("holdline: --tls: 缺少值\n提示："), "{}", end.stderr);
}

#[test]
fn a_count_that_is_none_is_told_in_both_languages() {
    for (lang, says) in [
        ("en", "`0` is not a whole number from 1 to 4294967295\nhint: write digits only"),
        ("zh", "`0` 不是 1 到 4294967295 的整数\n提示：只写数字"),
    ] {
        for flag in ["--keep-days", "--keep-megabytes"] {
            let end = ended(&mut holdline(&["lab", "--tcp", "0", flag, "0", "--lang", lang]));
            assert_eq!(end.code, Some(2));
            assert!(end.stderr.contains(says) && end.stderr.contains(flag), "{}", end.stderr);
        }
    }
}
