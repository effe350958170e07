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

/// Runs the script until it waits; the numbers of the lines that start with `word`.
fn run(generation: &str, files: &Rc<RefCell<MemoryFlash>>, steps: usize) -> [Vec<[u32; 3]>; 2] {
    let main = MAIN.replace("GENERATION", generation);
    let project = Project::from_files([("main.lua", main.as_str()), ("config.lua", CONFIG)]);
    let vm = Vm::new(project.into(), Sharing::Alone).unwrap();
    let flash = Box::new(Cut { files: Rc::clone(files), steps_left: steps });
    let mut device = Device::power_on(Instant::ZERO, &vm, Power { flash, ..Power::default() });
    let [mut found, mut told] = [Vec::new(), Vec::new()];
    loop {
        match device.poll_output() {
            Output::Print(line) => {
                let line = String::from_utf8(line).unwrap();
                let mut words = line.split('\t');
                let word = words.next().unwrap().to_owned();
                let mut number = || words.next().map_or(0, |word| word.parse().unwrap());
                match word.as_str() {
                    "found" => found.push([number(), number(), number()]),
                    "told" => told.push([number(), 0, 0]),
                    _of_the_library => {}
                }
            }
            Output::Restarting(cause) => panic!("{cause:?}"),
            Output::Modem(_) | Output::Notice(_) | Output::PoweredOff => {}
            Output::Idle(_) => return [found, told],
        }
    }
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
