//! A port that a test answers at, where no rule does.

use super::port;
use holdline_lab::{Answerer, Answers, Heard, PortConfig, PortKind, Said};
use holdline_peer::Manner;
use std::collections::VecDeque;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;
use std::time::Duration;

/// What does the answering: a function from facts to orders.
struct By<F>(F);

struct One<F> {
    answer: F,
    said: VecDeque<Said>,
}

impl<F> Debug for By<F> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("By")
    }
}

impl<F: Fn(Heard) -> Vec<Said> + Clone + Send + Sync + 'static> Answers for By<F> {
    fn name(&self) -> String {
        "answer.lua".to_owned()
    }

    fn begin(&self) -> Box<dyn Answerer> {
        Box::new(One { answer: self.0.clone(), said: [Said::Loaded].into() })
    }
}

impl<F: Fn(Heard) -> Vec<Said>> Answerer for One<F> {
    fn handle_input(&mut self, _: Duration, heard: Heard) {
        self.said.extend((self.answer)(heard));
    }

    fn poll_output(&mut self) -> Said {
        self.said.pop_front().unwrap_or(Said::Idle(None))
    }
}

pub(crate) fn answered(
    name: &str,
    manner: Manner,
    answer: impl Fn(Heard) -> Vec<Said> + Clone + Send + Sync + 'static,
) -> PortConfig {
    PortConfig { answers: Some(Arc::new(By(answer))), ..port(name, PortKind::Tcp, manner) }
}
