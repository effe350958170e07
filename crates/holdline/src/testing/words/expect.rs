//! What can be expected.

use super::{Act, Answer, Arg, Args, Kind, Spoken, Word};
use crate::report::Problem;
use crate::testing::expectation::Expectation;
use crate::testing::judge::{Assertion, State};
use crate::testing::trial::{Halt, Trial};

/// Something to be expected of: there is nothing to say to it.
pub(super) const OBSERVATION: Kind = Kind {
    name: "Observation",
    called: "observation",
    en: "Something that can be looked at: put it into `expect(...)`.",
    zh: "可以观察的东西：放进 `expect(...)` 里。",
    words: &[],
};

pub(super) const KIND: Kind = Kind {
    name: "Expectation",
    called: "expect(...)",
    en: "What is expected. It is settled by the next word of the test, so words that narrow it may follow.",
    zh: "一个期望。它在测试的下一个词处结算，因此后面可以接限定范围的词。",
    words: &WORDS,
};

const WORDS: [Word; 12] = [
    Word {
        name: "at_least",
        forms: &["count: integer"],
        returns: "Expectation",
        en: "It happened this many times or more.",
        zh: "发生了至少这么多次。",
        example: "expect(device:restarts()):at_least(1)",
        act: Act::Expectation(at_least),
    },
    Word {
        name: "at_most",
        forms: &["count: integer"],
        returns: "Expectation",
        en: "It happened this many times or less.",
        zh: "发生了至多这么多次。",
        example: "expect(server:connects()):at_most(3)",
        act: Act::Expectation(at_most),
    },
    Word {
        name: "exactly",
        forms: &["count: integer"],
        returns: "Expectation",
        en: "It happened this many times.",
        zh: "恰好发生了这么多次。",
        example: "expect(server:connects()):exactly(1)",
        act: Act::Expectation(exactly),
    },
    Word {
        name: "never",
        forms: &[""],
        returns: "Expectation",
        en: "It did not happen.",
        zh: "没有发生过。",
        example: "expect(device:restarts()):never()",
        act: Act::Expectation(never),
    },
    Word {
        name: "every",
        forms: &["period: string"],
        returns: "Expectation",
        en: "It happened again and again with this period, from the window's start to its end.",
        zh: "按这个周期反复发生，从时间窗口的开始到结束。",
        example: "expect(server:received(\"heart data\")):every(\"10s\")",
        act: Act::Expectation(every),
    },
    Word {
        name: "equals",
        forms: &["value: string|number|boolean"],
        returns: "Expectation",
        en: "It stands so: a number, a text, true or false.",
        zh: "现在的值是：数字、文本、true 或 false。",
        example: "expect(server:connections()):equals(1)",
        act: Act::Expectation(equals),
    },
    Word {
        name: "contains",
        forms: &["text: string"],
        returns: "Expectation",
        en: "The text is in it.",
        zh: "其中包含该文本。",
        example: "expect(device:flash(\"/log.txt\")):contains(\"boot\")",
        act: Act::Expectation(contains),
    },
    Word {
        name: "is_missing",
        forms: &[""],
        returns: "Expectation",
        en: "The file is not there.",
        zh: "文件不存在。",
        example: "expect(device:flash(\"/luaerrinfo.txt\")):is_missing()",
        act: Act::Expectation(is_missing),
    },
    Word {
        name: "since",
        forms: &["moment: string"],
        returns: "Expectation",
        en: "Counts only what happened from this moment on.",
        zh: "只算从这一刻起发生的。",
        example: "expect(server:received(\"heart data\")):every(\"10s\"):since(\"1h5m\")",
        act: Act::Expectation(since),
    },
    Word {
        name: "before",
        forms: &["moment: string"],
        returns: "Expectation",
        en: "Counts only what happened before this moment.",
        zh: "只算这一刻之前发生的。",
        example: "expect(server:connects()):exactly(1):before(\"5m\")",
        act: Act::Expectation(before),
    },
    Word {
        name: "within",
        forms: &["time: string"],
        returns: "Expectation",
        en: "Counts only what happened in the last stretch of time, from now back.",
        zh: "只算最近这段时间内发生的（从现在往回算）。",
        example: "expect(server:received()):at_least(1):within(\"1m\")",
        act: Act::Expectation(within),
    },
    Word {
        name: "give_or_take",
        forms: &["time: string"],
        returns: "Expectation",
        en: "How far `every` may be off; otherwise a second or a tenth, whichever is more.",
        zh: "`every` 允许的偏差；不写时为一秒或十分之一，取较大者。",
        example: "expect(server:received(\"heart data\")):every(\"10s\"):give_or_take(\"3s\")",
        act: Act::Expectation(give_or_take),
    },
];

impl Trial {
    /// That the expectation of this number is not settled yet.
    pub(super) fn is_expecting(&mut self, number: u32) -> Result<(), Problem> {
        match self.expecting.is_some() && self.settled == number {
            true => Ok(()),
            false => Err(self.lang.expectation_is_settled()),
        }
    }

    /// Adds to the expectation that stands.
    fn narrow(&mut self, add: impl FnOnce(&mut Expectation)) -> Spoken {
        let line = self.line();
        if let Some(expectation) = &mut self.expecting {
            expectation.last_line = expectation.last_line.max(line);
            add(expectation);
        }
        Ok(Answer::Itself)
    }

    fn assert(&mut self, assertion: Assertion) -> Spoken {
        self.narrow(|expectation| expectation.assertions.push(assertion))
    }
}

fn at_least(trial: &mut Trial, args: &mut Args) -> Spoken {
    let count = args.count()?;
    trial.assert(Assertion::AtLeast(count))
}

fn at_most(trial: &mut Trial, args: &mut Args) -> Spoken {
    let count = args.count()?;
    trial.assert(Assertion::AtMost(count))
}

fn exactly(trial: &mut Trial, args: &mut Args) -> Spoken {
    let count = args.count()?;
    trial.assert(Assertion::Exactly(count))
}

fn never(trial: &mut Trial, _args: &mut Args) -> Spoken {
    trial.assert(Assertion::Exactly(0))
}

fn every(trial: &mut Trial, args: &mut Args) -> Spoken {
    let period = args.duration()?;
    trial.assert(Assertion::Every { period })
}

fn equals(trial: &mut Trial, args: &mut Args) -> Spoken {
    let value = args.next();
    let state = match (&value, value.count()) {
        (_, Some(number)) => State::Number(number),
        (Arg::Flag(flag), _) => State::Flag(*flag),
        (Arg::Text(text), _) => State::Bytes(text.clone()),
        _ => return Err(args.wrong(&value, args.lang().a_state()).into()),
    };
    trial.assert(Assertion::Equals(state))
}

fn contains(trial: &mut Trial, args: &mut Args) -> Spoken {
    let part = args.bytes()?;
    trial.assert(Assertion::Contains(part))
}

fn is_missing(trial: &mut Trial, _args: &mut Args) -> Spoken {
    trial.assert(Assertion::IsMissing)
}

fn since(trial: &mut Trial, args: &mut Args) -> Spoken {
    let moment = args.moment()?;
    trial.narrow(|expectation| expectation.since = Some(moment))
}

fn before(trial: &mut Trial, args: &mut Args) -> Spoken {
    let moment = args.moment()?;
    trial.narrow(|expectation| expectation.before = Some(moment))
}

fn within(trial: &mut Trial, args: &mut Args) -> Spoken {
    let time = args.duration()?;
    let Some(since) = trial.now().checked_sub(time) else {
        return Err(Halt::Wrong(trial.lang.longer_than_the_world(time, trial.now())));
    };
    trial.narrow(|expectation| expectation.since = Some(since))
}

fn give_or_take(trial: &mut Trial, args: &mut Args) -> Spoken {
    let slack = args.duration()?;
    trial.narrow(|expectation| expectation.give_or_take = Some(slack))
}
