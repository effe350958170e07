//! Why words are no fault, told in English and Chinese.

use super::{Misfit, Schedule, Trouble, WORDS};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Words that are no fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultError {
    /// At which letter of the words the trouble begins, counted from 1.
    pub column: usize,
    /// What stands there; empty where something is missing.
    pub value: String,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What is wrong with a user's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// No word says what goes wrong.
    NoTrouble,
    /// A word that has no meaning.
    Unknown {
        /// The word that was meant, where one is near.
        nearest: Option<&'static str>,
    },
    /// A second trouble.
    SecondTrouble,
    /// A second word for when it begins.
    SecondSchedule,
    /// The same part again.
    Twice,
    /// The words end where this is wanted.
    Missing(Piece),
    /// This is wanted.
    Wanted(Piece),
    /// A text's closing quote is missing.
    Unclosed,
    /// A backslash followed by what has no meaning.
    Escape,
    /// A text where none belongs: `on` is missing.
    StrayText,
    /// The parts make no sense together.
    Misfit {
        /// What goes wrong.
        trouble: Trouble,
        /// Which part does not fit.
        misfit: Misfit,
    },
}

/// A part of a fault's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A duration of more than nothing.
    Duration,
    /// A time of the world.
    Moment,
    /// A number from 1.
    Number,
    /// A number that is not before the first of a range.
    Last,
    /// The connect after those that are hit.
    Next,
    /// The word `connects`.
    Connects,
    /// `bytes` or `messages`.
    Counted,
    /// A text in quotes.
    Text,
    /// A port.
    Port,
}

/// One sentence in two languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentences {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

fn both(en: impl Into<String>, zh: impl Into<String>) -> Sentences {
    Sentences { en: en.into(), zh: zh.into() }
}

impl FaultError {
    pub(super) fn new(words: &str, start: usize, value: &str, wrong: Wrong) -> Self {
        let column = words[..start].chars().count() + 1;
        Self { column, value: value.into(), wrong }
    }

    /// What is wrong, with the value and where it stands.
    pub fn what(&self) -> Sentences {
        let Self { column, value, wrong } = self;
        let about = both(
            format!("at letter {column}, `{value}`"),
            format!("第 {column} 个字符处的 `{value}`"),
        );
        let say =
            |en: &str, zh: &str| both(format!("{} {en}", about.en), format!("{} {zh}", about.zh));
        match wrong {
            Wrong::NoTrouble => {
                both("the words do not say what goes wrong", "没有写出发生什么故障")
            }
            Wrong::Unknown { .. } => say("is no word for a fault", "不是故障用的词"),
            Wrong::SecondTrouble => {
                say("is a second trouble: one fault is one trouble", "是第二个故障：一次只能写一个")
            }
            Wrong::SecondSchedule => say(
                "says once more when it begins: one of `at`, `connects`, `after` and `on` does",
                "又写了一次何时开始：`at`、`connects`、`after`、`on` 只能用一个",
            ),
            Wrong::Twice => say("stands there twice", "重复了"),
            Wrong::Missing(piece) => {
                let Sentences { en, zh } = piece.name();
                both(format!("the words end where {en} is wanted"), format!("末尾还缺{zh}"))
            }
            Wrong::Wanted(piece) => {
                let Sentences { en, zh } = piece.name();
                say(&format!("is not {en}"), &format!("不是{zh}"))
            }
            Wrong::Unclosed => say("has no closing quote", "缺少右引号"),
            Wrong::Escape => say("means nothing within quotes", "在引号里没有意义"),
            Wrong::StrayText => say("does not belong there without `on`", "前面缺少 `on`"),
            Wrong::Misfit { trouble, misfit } => misfit.what(*trouble),
        }
    }

    /// The way out.
    pub fn hint(&self) -> Sentences {
        match self.wrong {
            Wrong::Unknown { nearest: Some(nearest) } => {
                let Sentences { en, zh } = list();
                both(format!("did you mean `{nearest}`? {en}"), format!("是不是 `{nearest}`？{zh}"))
            }
            Wrong::NoTrouble | Wrong::Unknown { nearest: None } => list(),
            Wrong::SecondTrouble | Wrong::SecondSchedule | Wrong::Twice => {
                both("write the other as a fault of its own", "另一个请单独写一条故障")
            }
            Wrong::Missing(piece) | Wrong::Wanted(piece) => piece.hint(),
            Wrong::Unclosed => both("close it as in `on \"text\"`", "请写成 `on \"text\"`"),
            Wrong::Escape => both(
                r#"there are `\n`, `\r`, `\t`, `\\`, `\"` and `\x41`"#,
                r#"可以用 `\n`、`\r`、`\t`、`\\`、`\"` 和 `\x41`"#,
            ),
            Wrong::StrayText => both("as in `reset on \"text\"`", "例如 `reset on \"text\"`"),
            Wrong::Misfit { trouble, misfit } => misfit.hint(trouble),
        }
    }
}

impl fmt::Display for FaultError {
    /// Both sentences in English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what().en, self.hint().en)
    }
}

impl core::error::Error for FaultError {}

/// What there is.
fn list() -> Sentences {
    let words: Vec<_> = WORDS.iter().map(|word| word.form()).collect();
    both(
        format!("the faults are: {}", words.join(", ")),
        format!("可用的故障有：{}", words.join("、")),
    )
}

impl Piece {
    fn name(self) -> Sentences {
        match self {
            Self::Duration => both("a duration", "时长"),
            Self::Moment => both("a time", "时间"),
            Self::Number => both("a number from 1", "从 1 起的整数"),
            Self::Last => both("a last connect after the first", "不小于前一个数的整数"),
            Self::Next => {
                both("the connect after those that are hit", "受影响的连接之后的那一次连接")
            }
            Self::Connects => both("the word `connects`", "`connects` 一词"),
            Self::Counted => both("`bytes` or `messages`", "`bytes` 或 `messages`"),
            Self::Text => both("a text in quotes", "带引号的文本"),
            Self::Port => both("a port from 1 to 65535", "1 到 65535 的端口"),
        }
    }

    fn hint(self) -> Sentences {
        let example = match self {
            Self::Duration => "`90s`, `1h5m`, `800ms`, `2d`",
            Self::Moment => "`at 2h30m`, `at 02:30`, `at 02:30:15`",
            Self::Number => "`rate 1000`, `split 7`, `refuse 3 connects`",
            Self::Last | Self::Connects => "`refuse 3 connects`, `refuse connects 2 to 4`",
            Self::Next => "`refuse connects 1 to 3, accept the 4th`",
            Self::Counted => "`reset after 37 bytes`, `close after 2 messages`",
            Self::Text => "`reset on \"heart data\"`",
            Self::Port => "`refuse port 9999`",
        };
        both(format!("as in {example}"), format!("例如 {example}"))
    }
}

impl Misfit {
    fn what(self, trouble: Trouble) -> Sentences {
        match self {
            Self::Schedule => {
                both(format!("`{trouble}` cannot begin so"), format!("`{trouble}` 不能这样开始"))
            }
            Self::Lasts => both(
                format!("`{trouble}` is over at once, so that `for` makes no sense"),
                format!("`{trouble}` 是一瞬间的事，不能用 `for`"),
            ),
            Self::Port => both(
                format!("`{trouble}` hits no single server, so that `port` makes no sense"),
                format!("`{trouble}` 不针对某个服务器，不能用 `port`"),
            ),
            Self::Nothing => both(
                format!("`{trouble}` has a count, a size, a time or a text of nothing"),
                format!("`{trouble}` 的次数、大小、时长或文本为空"),
            ),
        }
    }

    fn hint(self, trouble: Trouble) -> Sentences {
        match self {
            Self::Schedule => {
                let forms = trouble.schedules().iter().filter(|&&form| form != Schedule::Now);
                let forms: Vec<_> = forms.map(|form| format!("`{}`", form.form())).collect();
                both(
                    format!("it begins at once, or with: {}", forms.join(", ")),
                    format!("可以立刻开始，或者用：{}", forms.join("、")),
                )
            }
            Self::Lasts if trouble == Trouble::Restart => both(
                "`server down for 1h` has a server that is away",
                "要停一段时间请用 `server down for 1h`",
            ),
            Self::Lasts if trouble == Trouble::PdpLost => both(
                "`registration lost for 3m` has a network that is away",
                "要断网一段时间请用 `registration lost for 3m`",
            ),
            Self::Lasts => both("leave `for` out", "去掉 `for`"),
            Self::Port => both("leave `port` out", "去掉 `port`"),
            Self::Nothing => both("give it more than nothing", "请给出大于零的值"),
        }
    }
}
