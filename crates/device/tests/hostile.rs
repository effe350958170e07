//! Scripts that try to leave their folders, to fill the machine, or to break the core by bad
//! arguments: each call answers or raises, nothing panics, nothing outside is touched.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use holdline_device::{
    Device, Flash, FlashError, Input, Instant, MemoryFlash, Output, Power, Project, RestartCause,
    Sharing, Vm,
};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Files in memory that a test can look into, and that may refuse to be written.
#[derive(Clone, Default)]
struct Shelf {
    files: Rc<RefCell<MemoryFlash>>,
    is_broken: bool,
}

impl Flash for Shelf {
    fn read(&self, path: &str) -> Result<Vec<u8>, FlashError> {
        self.files.borrow().read(path)
    }
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), FlashError> {
        if self.is_broken {
            Err(FlashError::Full)
        } else {
            self.files.borrow_mut().write(path, bytes)
        }
    }
    fn remove(&mut self, path: &str) -> Result<(), FlashError> {
        self.files.borrow_mut().remove(path)
    }
    fn rename(&mut self, from: &str, to: &str) -> Result<(), FlashError> {
        self.files.borrow_mut().rename(from, to)
    }
    fn has_folder(&self, path: &str) -> bool {
        self.files.borrow().has_folder(path)
    }
    fn make_dir(&mut self, path: &str) -> Result<(), FlashError> {
        self.files.borrow_mut().make_dir(path)
    }
    fn rename_dir(&mut self, from: &str, to: &str) -> Result<(), FlashError> {
        self.files.borrow_mut().rename_dir(from, to)
    }
    fn remove_dir(&mut self, path: &str) -> Result<(), FlashError> {
        self.files.borrow_mut().remove_dir(path)
    }
    fn used_bytes(&self) -> u64 {
        self.files.borrow().used_bytes()
    }
}

/// Runs `main` for ten seconds; what it printed, how it ended, what it made the author hear.
fn run(main: &str, shelf: Shelf, sharing: Sharing) -> Vec<String> {
    let main =
        format!("PROJECT, VERSION = 'T', '1'\nrequire 'sys'\n{main}\nsys.init(0, 0)\nsys.run()");
    let vm = Vm::new(Project::from_files([("main.lua", main)]).into(), sharing).unwrap();
    let power = Power { flash: Box::new(shelf), ..Power::default() };
    let mut device = Device::power_on(Instant::ZERO, &vm, power);
    let mut lines = Vec::new();
    loop {
        match device.poll_output() {
            Output::Print(line) => lines.push(String::from_utf8_lossy(&line).into_owned()),
            Output::Notice(notice) => lines.push(format!("{:?} {:?}", notice.kind, notice.detail)),
            Output::Restarting(RestartCause::Error(why)) => {
                lines.push(why);
                return lines;
            }
            Output::Restarting(RestartCause::Asked(_)) | Output::PoweredOff => return lines,
            Output::Restarting(cause) => {
                lines.push(format!("{cause:?}"));
                return lines;
            }
            Output::Modem(_) => {}
            Output::Idle(Some(at)) if at <= Instant::from_millis(10_000) => {
                device.handle_input(at, Input::Timeout);
            }
            Output::Idle(_) => return lines,
        }
    }
}

fn check(main: &str, shelf: &Shelf, check: impl Fn(&[String])) {
    for sharing in [Sharing::Alone, Sharing::Shared] {
        check(&run(main, shelf.clone(), sharing));
    }
}

/// Every function of every core table, called with every pair of values that a script can make
/// easily.
#[test]
fn no_argument_breaks_a_core_call() {
    let main = r#"
        local f = io.open("/f", "w+")
        local cyclic = {}
        cyclic[1] = cyclic
        setmetatable(cyclic, { __index = function() error("no") end, __tostring = function() return 1 end })
        local values = {
            0, -1, 1, 2 ^ 31, -2 ^ 63, 2 ^ 53, 1e308, 0 / 0, 1 / 0, "", "\0", "/../..", "*a", "\255\254",
            ("x"):rep(70000), true, print, cyclic, {}, f, coroutine.create(print),
        }
        local skip = {
            ["rtos.receive"] = true, ["rtos.restart"] = true, ["rtos.poweroff"] = true,
            ["coroutine.yield"] = true, ["string.rep"] = true, ["table.foreach"] = true,
        }
        local calls = 0
        local function try(name, call)
            if skip[name] then return end
            for i = 1, #values + 1 do
                for j = 1, #values + 1 do
                    pcall(call, values[i], values[j], values[j], values[i])
                    calls = calls + 1
                end
                pcall(call, values[i])
            end
            pcall(call)
        end
        for _, name in ipairs({ "bit", "cpu", "crypto", "io", "json", "os", "pack", "pio", "pmd", "rtos", "socketcore" }) do
            for key, call in pairs(rawget(_G, name) or getmetatable(_G) and require(name) or {}) do
                if type(call) == "function" then try(name .. "." .. key, call) end
            end
        end
        for _, name in ipairs({ "setdir", "setval", "getval", "sethigh", "setlow", "close", "setpull", "setdebounce" }) do
            try("pio.pin." .. name, pio.pin[name])
        end
        for _, name in ipairs({ "read", "write", "seek", "lines", "flush", "setvbuf", "close" }) do
            local method = f[name]
            try("file", function(...) return method(f, ...) end)
            try("file", method)
        end
        print("calls", calls > 1000)
    "#;
    // A script's `pcall` would swallow a panic.
    let panics = Arc::new(AtomicU32::new(0));
    let (counted, before) = (Arc::clone(&panics), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        counted.fetch_add(1, Ordering::Relaxed);
        before(panic);
    }));
    check(main, &Shelf::default(), |lines| {
        assert!(lines.contains(&"calls\ttrue".to_owned()), "{lines:?}");
    });
    assert_eq!(panics.load(Ordering::Relaxed), 0);
}

#[test]
fn no_path_leads_out_of_the_device() {
    let main = r#"
        for _, path in ipairs({ "/../x", "..", "a/../../x", "/lua/../../x", "x\0y", "../../../../etc/passwd", "\0" }) do
            for _, mode in ipairs({ "r", "w", "a", "r+" }) do
                local file, err, code = io.open(path, mode)
                assert(not file and code == 13, path)
            end
            assert(not os.remove(path) and not os.rename(path, "/y") and not os.rename("/f", path))
            assert(not rtos.make_dir(path) and not rtos.remove_dir(path))
            assert(not loadfile(path) and not pcall(dofile, path) and not pcall(require, path))
        end
        rtos.make_dir("/g")
        io.open("/f/../g/./h//..//name", "w"):close()
        print("all refused")
    "#;
    let shelf = Shelf::default();
    check(main, &shelf, |lines| assert_eq!(lines[0], "all refused"));
    let files = shelf.files.borrow();
    assert_eq!(files.files().map(|(path, _)| path).collect::<Vec<_>>(), ["/g/name"]);
}

#[test]
fn what_was_written_is_in_flash_once_the_script_waits() {
    let main = r#"
        local f = io.open("/kept", "w")
        f:write("whole")
        print("in flash", #rtos.get_version() > 0)
    "#;
    let shelf = Shelf::default();
    check(main, &shelf, |_| {});
    assert_eq!(shelf.read("/kept"), Ok(b"whole".to_vec()));
}

#[test]
fn a_script_that_fails_keeps_what_it_wrote() {
    let main = "io.open('/kept', 'w'):write('whole')\nerror('end')";
    let shelf = Shelf::default();
    check(main, &shelf, |lines| assert!(lines[0].contains("main.lua:4: end"), "{lines:?}"));
    assert_eq!(shelf.read("/kept"), Ok(b"whole".to_vec()));
}

#[test]
fn a_full_flash_is_told_to_the_script_and_to_the_author() {
    let main = r#"
        local f = io.open("/a", "w")
        f:write("x")
        local ok, err, code = f:flush()
        print(ok, err, code)
        print(f:close())
        local forgotten = io.open("/b", "w")
        forgotten:write("x")
    "#;
    let shelf = Shelf { is_broken: true, ..Shelf::default() };
    check(main, &shelf, |lines| {
        let words = "nil\t/a: No space left on device\t28";
        assert_eq!(lines[..2], [words, words]);
        let notices: Vec<_> = lines.iter().filter(|line| line.starts_with("FileNot")).collect();
        assert_eq!(notices, [r#"FileNotWritten ["/b", "No space left on device"]"#], "{lines:?}");
    });
}
