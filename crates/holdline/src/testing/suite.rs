//! All tests of a command, on all cores, told in the order of their files and lines.

use super::files::{Files, TestFile};
use super::run;
use super::story::{Case, FileFault, Report, Verdict};
use super::trial::Setup;
use crate::words::Lang;
use holdline_device::Project;
use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Which tests are to be run, and how.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// Project folders and test files.
    pub(crate) places: Vec<PathBuf>,
    pub(crate) lib: Vec<PathBuf>,
    /// What a test's name contains.
    pub(crate) filter: Option<String>,
    /// Whether the first test that does not pass is the last.
    pub(crate) fail_fast: bool,
    pub(crate) setup: Setup,
}

/// One test to run.
struct Job<'a> {
    file: &'a TestFile,
    project: &'a Project,
    index: usize,
    name: String,
}

/// What a worker tells.
enum News {
    Began(usize),
    Ended(usize, Box<Case>),
}

/// Who is told how far it is.
pub(crate) trait Audience {
    /// The test of this name is running.
    fn began(&mut self, name: &str);
    /// A file holds no test that could be run.
    fn fault(&mut self, fault: &FileFault);
    /// A test has ended; tests are told in order.
    fn ended(&mut self, case: &Case);
}

/// Runs all tests of `order`.
pub(crate) fn run_all(
    order: &Order,
    lang: Lang,
    audience: &mut dyn Audience,
) -> anyhow::Result<Report> {
    let found = Files::find(&order.places, &order.lib, lang)?;
    let mut report = Report::default();
    let mut jobs = Vec::new();
    for file in &found.files {
        let project = &found.projects[file.project];
        match run::names(&file.source, project, order.setup, lang) {
            Ok(names) => jobs.extend(wanted(names, order).map(|(index, name)| Job {
                file,
                project,
                index,
                name,
            })),
            Err(fault) => {
                audience.fault(&fault);
                report.faults.push(fault);
            }
        }
    }
    if order.fail_fast && !report.faults.is_empty() {
        report.left = jobs.len();
        return Ok(report);
    }
    report.cases = Hands { jobs: &jobs, order, lang }.run(audience);
    report.left = jobs.len() - report.cases.len();
    Ok(report)
}

fn wanted(names: Vec<String>, order: &Order) -> impl Iterator<Item = (usize, String)> {
    let is_wanted = |name: &str| order.filter.as_deref().is_none_or(|text| name.contains(text));
    names.into_iter().enumerate().filter(move |(_, name)| is_wanted(name))
}

/// Those who run tests side by side.
struct Hands<'a> {
    jobs: &'a [Job<'a>],
    order: &'a Order,
    lang: Lang,
}

impl Hands<'_> {
    /// Runs the tests, and tells them one after the other.
    fn run(&self, audience: &mut dyn Audience) -> Vec<Case> {
        let workers = thread::available_parallelism().map_or(1, NonZero::get).min(self.jobs.len());
        let (next, (tell, news)) = (AtomicUsize::new(0), mpsc::channel());
        thread::scope(|scope| {
            for _ in 0..workers {
                let (next, tell) = (&next, tell.clone());
                scope.spawn(move || self.work(next, &tell));
            }
            drop(tell);
            self.in_order(news, audience)
        })
    }

    /// Tests are handed out in order, so all that are before one that fails are run, whoever is faster.
    fn work(&self, next: &AtomicUsize, tell: &mpsc::Sender<News>) {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = self.jobs.get(at) else { return };
            if tell.send(News::Began(at)).is_err() {
                return;
            }
            let mut case =
                run::run(&job.file.source, job.index, job.project, self.order.setup, self.lang);
            case.name.clone_from(&job.name);
            if tell.send(News::Ended(at, Box::new(case))).is_err() {
                return;
            }
        }
    }

    /// The tests as they ended, in their order: with `--fail-fast`, up to the first that does not pass;
    /// then nobody listens any more, and that ends the work.
    fn in_order(&self, news: mpsc::Receiver<News>, audience: &mut dyn Audience) -> Vec<Case> {
        let (mut waiting, mut told) = (BTreeMap::new(), Vec::<Case>::new());
        for news in news {
            match news {
                News::Began(at) => audience.began(&self.jobs[at].name),
                News::Ended(at, case) => {
                    waiting.insert(at, case);
                }
            }
            while let Some(case) = waiting.remove(&told.len()) {
                audience.ended(&case);
                let is_last = self.order.fail_fast && case.verdict != Verdict::Passed;
                told.push(*case);
                if is_last {
                    return told;
                }
            }
        }
        told
    }
}
