//! A made-up device beside a lab: it tells how often it was asked and keeps what befell it.

use super::{Tried, config, port};
use holdline_lab::{
    FaultRefusal, Item, Lab, Line, PortKind, Question, Questions, Section, View, beside,
};
use holdline_peer::Manner;
use holdline_peer::fault::{Fault, Sentences, WORDS, Who};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};

/// Lines that the made-up console keeps.
const LINES: u64 = 3;

pub(crate) fn both(en: &str, zh: &str) -> Sentences {
    Sentences { en: en.to_owned(), zh: zh.to_owned() }
}

/// A lab with a device that has said these lines so far; it answers until the lab is dropped.
pub(crate) fn start_beside(said: &'static [&'static str]) -> (Tried, JoinHandle<Vec<String>>) {
    let (woken, wakes) = channel();
    let faults = WORDS.iter().filter(|word| word.who == Who::Module);
    let (device, questions) = beside(faults, move || woken.send(()).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let ports = vec![port("cars", PortKind::Tcp, Manner::default())];
    let lab = Lab::start_beside(config(folder.path(), ports), device).unwrap();
    let runner = thread::spawn(move || run(&wakes, &questions, said));
    (Tried { lab, folder }, runner)
}

fn run(wakes: &Receiver<()>, questions: &Questions, said: &[&str]) -> Vec<String> {
    let (mut befell, mut all) = (Vec::new(), Vec::new());
    while wakes.recv().is_ok() {
        while let Some(question) = questions.next_waiting() {
            match question {
                Question::View(answer) => answer.give(view(&befell)),
                Question::Console { after, answer } => answer.give(lines(said, after)),
                Question::Fault { words, answer } => answer.give(take(&words, &mut befell)),
                Question::Lift(answer) => {
                    all.append(&mut befell);
                    answer.give(());
                }
            }
        }
    }
    all.extend(befell);
    all
}

fn take(words: &str, befell: &mut Vec<String>) -> Result<String, FaultRefusal> {
    let understood = Fault::parse(words)?.to_string();
    befell.push(understood.clone());
    Ok(understood)
}

fn view(befell: &[String]) -> View {
    let item = |name, value: &str| Item { name, value: both(value, value) };
    let sim = Item { name: both("SIM card", "SIM 卡"), value: both("ready", "就绪") };
    let evil = item(both("<b>host</b>", "<b>host</b>"), "<img src=x onerror='window.broken=1'>");
    let faults = befell.iter().map(|words| item(both("fault", "故障"), words)).collect();
    let section = |key, title, items| Section { key, title, items };
    let sections = vec![
        section("network", both("Network", "网络"), vec![sim, evil]),
        section("faults", both("Faults", "故障"), faults),
    ];
    View { sections }
}

fn lines(said: &[&str], after: u64) -> Vec<Line> {
    let last = said.len() as u64;
    let after = if after > last { 0 } else { after };
    let line = |(seq, text): (u64, &&str)| Line {
        seq,
        time: format!("00:00:0{seq}.000"),
        source: "script".to_owned(),
        text: (*text).to_owned(),
    };
    let kept = (1..).zip(said).filter(|(seq, _)| *seq > after.max(last.saturating_sub(LINES)));
    kept.map(line).collect()
}
