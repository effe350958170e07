//! `nvm` on a flash that ends at any of its steps: the values before a change, or those after it.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use holdline_device::{
    Device, Flash, FlashError, Instant, MemoryFlash, Output, Power, Project, Sharing, Vm,
};
use std::cell::RefCell;
use std::rc::Rc;

/// Says what it finds, then writes three values at once, ten times, and says how far it got.
const MAIN: &str = r#"
PROJECT, VERSION, MODULE_TYPE = "CUT", "1.0.0", GENERATION
require "sys"
require "nvm"
nvm.init("config.lua")
local pair = nvm.get("pair")
print("found", nvm.get("count"), pair.a, pair.b)
for n = nvm.get("count") + 1, nvm.get("count") + 10 do
    nvm.set("count", n, nil, false)
    if nvm.set("pair", { a = n, b = n }) then print("told", n) else break end
end
sys.init(0, 0)
sys.run()
"#;

const CONFIG: &str = "module(...)\ncount = 0\npair = { a = 0, b = 0 }\n";

/// Files that outlive a device, and end after some steps.
struct Cut {
    files: Rc<RefCell<MemoryFlash>>,
    steps_left: usize,
}

impl Cut {
    fn step(&mut self) -> Result<(), FlashError> {
        let cut = || FlashError::Failed("the power is gone".to_owned());
        self.steps_left = self.steps_left.checked_sub(1).ok_or_else(cut)?;
        Ok(())
    }
}

impl Flash for Cut {
    fn read(&self, path: &str) -> Result<Vec<u8>, FlashError> {
        self.files.borrow().read(path)
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), FlashError> {
        self.step()?;
        self.files.borrow_mut().write(path, bytes)
    }

    fn remove(&mut self, path: &str) -> Result<(), FlashError> {
        self.step()?;
        self.files.borrow_mut().remove(path)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), FlashError> {
        self.step()?;
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

/// Runs `main` on `flash` until it waits; what it printed, without the library's lines.
fn printed_on(main: &str, flash: Cut) -> Vec<String> {
    let project = Project::from_files([("main.lua", main), ("config.lua", CONFIG)]);
    let vm = Vm::new(project.into(), Sharing::Alone).unwrap();
    let power = Power { flash: Box::new(flash), ..Power::default() };
    let mut device = Device::power_on(Instant::ZERO, &vm, power);
    let mut lines = Vec::new();
    loop {
        match device.poll_output() {
            Output::Print(line) if line.starts_with(b"[") => {}
            Output::Print(line) => lines.push(String::from_utf8_lossy(&line).into_owned()),
            Output::Restarting(cause) => panic!("{cause:?}"),
            Output::Idle(_) => return lines,
            Output::Modem(_) | Output::Notice(_) | Output::PoweredOff => {}
        }
    }
}

fn printed(main: &str, files: &Rc<RefCell<MemoryFlash>>) -> Vec<String> {
    printed_on(main, Cut { files: Rc::clone(files), steps_left: usize::MAX })
}

/// What the script finds and how far it is told to have got, on files that end after some steps.
fn run(generation: &str, files: &Rc<RefCell<MemoryFlash>>, steps: usize) -> [Vec<[u32; 3]>; 2] {
    let flash = Cut { files: Rc::clone(files), steps_left: steps };
    let [mut found, mut told] = [Vec::new(), Vec::new()];
    for line in printed_on(&MAIN.replace("GENERATION", generation), flash) {
        let mut words = line.split('\t');
        let list = match words.next().unwrap() {
            "found" => &mut found,
            "told" => &mut told,
            _of_the_library => continue,
        };
        let mut number = || words.next().map_or(0, |word| word.parse().unwrap());
        list.push([number(), number(), number()]);
    }
    [found, told]
}

#[test]
fn a_cut_at_any_step_leaves_values_that_belong_together_and_none_is_lost() {
    for generation in ["nil", "'Air202'"] {
        let mut seen = Vec::new();
        for steps in 0..30 {
            let files = Rc::new(RefCell::new(MemoryFlash::default()));
            let [_, told] = run(generation, &files, steps);
            let told = told.last().map_or(0, |&[told, ..]| told);
            let [found, _] = run(generation, &files, 0);
            let [[count, a, b]] = found[..] else { panic!("{found:?}") };
            assert!(a == count && b == count, "after {steps} steps: {count}, {a}, {b}");
            assert_eq!(count, told, "after {steps} steps");
            seen.push(count);
        }
        // Two steps a change, after two for the first values.
        assert_eq!(seen[..6], [0, 0, 0, 0, 1, 1], "{seen:?}");
        assert_eq!(seen.last(), Some(&10));
    }
}

/// Cut after any byte, the file is not used, whatever is left of it; its backup is.
#[test]
fn a_file_that_has_lost_its_end_is_not_half_believed() {
    let files = Rc::new(RefCell::new(MemoryFlash::default()));
    run("nil", &files, usize::MAX);
    let whole = files.borrow().read("/nvm_para.lua").unwrap();
    for len in 0..whole.len() {
        files.borrow_mut().write("/nvm_para.lua", &whole[..len]).unwrap();
        files.borrow_mut().write("/nvm_para_bak.lua", &whole).unwrap();
        let [found, _] = run("nil", &files, 0);
        assert_eq!(found, [[10, 10, 10]], "cut after {len} bytes");
    }
    // Without its backup it is the first values, all of them.
    files.borrow_mut().remove("/nvm_para_bak.lua").unwrap();
    let [found, _] = run("nil", &files, 0);
    assert_eq!(found, [[0, 0, 0]]);
}

/// Whatever a file holds, the script goes on, and the next change is kept.
#[test]
fn no_file_keeps_a_script_from_going_on() {
    let files = Rc::new(RefCell::new(MemoryFlash::default()));
    run("nil", &files, usize::MAX);
    let whole = files.borrow().read("/nvm_para.lua").unwrap();
    let pieces: [&[u8]; 8] =
        [b"{", b"}", b"[", b"\"", b"\\", b"\n", b"module", b"while true do end"];
    let mut random = 1u64;
    let mut below = |end: usize| {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % end
    };
    for round in 0..300 {
        let mut bytes = whole.clone();
        for _ in 0..=below(3) {
            let at = below(bytes.len());
            match below(3) {
                0 => bytes[at] = below(256) as u8,
                1 => drop(bytes.splice(at..at, pieces[below(pieces.len())].iter().copied())),
                _ => drop(bytes.drain(at..(at + below(20)).min(bytes.len()))),
            }
        }
        let files = Rc::new(RefCell::new(MemoryFlash::default()));
        files.borrow_mut().write("/nvm_para.lua", &bytes).unwrap();
        files.borrow_mut().write("/nvm_para_bak.lua", &bytes).unwrap();
        let printed = printed(SETS, &files);
        assert_eq!(printed, ["true", "kept"], "round {round}: {}", bytes.escape_ascii());
    }
}

const SETS: &str = r#"
PROJECT, VERSION = "SETS", "1.0.0"
require "nvm"
nvm.init("config.lua")
print(nvm.set("new", "kept"))
nvm.init("config.lua")
print(nvm.get("new"))
LOG_LEVEL = log.LOG_SILENT
sys.init(0, 0)
sys.run()
"#;
