//! Calls that cannot do what they are for.

use crate::check::fault::{CallFault, Outside};
use crate::report::Problem;
use crate::words::Lang;

impl Lang {
    pub(super) fn call_fault(self, fault: &CallFault) -> Problem {
        match fault {
            CallFault::TooFewArguments { name, given, min } => self.told(
                [
                    format!("`{name}` needs at least {min} arguments and has {given} here"),
                    format!("`{name}` 至少需要 {min} 个参数，这里只有 {given} 个"),
                ],
                ARGUMENTS,
            ),
            CallFault::TooManyArguments { name, given, max } => self.told(
                [
                    format!("`{name}` reads {max} arguments at most and has {given} here; the rest is dropped"),
                    format!("`{name}` 最多读取 {max} 个参数，这里有 {given} 个，多余的会被丢弃"),
                ],
                ARGUMENTS,
            ),
            CallFault::WaitOutsideTask { call, outside } => self.told(
                [
                    format!("`{call}` waits, and {}; the module stops with `attempt to yield`", who(*outside)[0]),
                    format!("`{call}` 需要等待，而{}，模块会报错 `attempt to yield` 并停止", who(*outside)[1]),
                ],
                [
                    "put it into a task: `sys.taskInit(function() ... end)`",
                    "放进任务里：`sys.taskInit(function() ... end)`",
                ],
            ),
            CallFault::WaitInCall { call, inside } => self.told(
                [
                    format!("`{call}` cannot wait inside `{inside}`: the module raises `attempt to yield across metamethod/C-call boundary`"),
                    format!("`{call}` 不能在 `{inside}` 里等待：模块会报错 `attempt to yield across metamethod/C-call boundary`"),
                ],
                [
                    &format!("wait outside, and let `{inside}` run only what does not wait"),
                    &format!("在 `{inside}` 之外等待，里面只放不需要等待的代码"),
                ],
            ),
            CallFault::SocketOutsideTask { call, outside } => self.told(
                [
                    format!("`{call}` makes a client for the task that calls it, and {}: the client cannot connect", who(*outside)[0]),
                    format!("`{call}` 为调用它的任务创建客户端，而{}：这个客户端无法连接", who(*outside)[1]),
                ],
                [
                    "make it in the task that uses it: `sys.taskInit(function() ... end)`",
                    "在使用它的任务里创建：`sys.taskInit(function() ... end)`",
                ],
            ),
            CallFault::LostMessage { message, during } => self.told(
                [
                    format!("`{message}` is lost: it goes round while this task is in `{during}`, and only a task that waits in `recv` hears it"),
                    format!("`{message}` 会丢失：发布时本任务正在 `{during}` 中，只有在 `recv` 中等待时才能收到"),
                ],
                [
                    "send the data here instead of publishing it, or publish from another task",
                    "直接在这里发送数据，或在别的任务中发布",
                ],
            ),
        }
    }
}

/// Where the arguments of a call are listed.
const ARGUMENTS: [&str; 2] = ["docs/api lists what each call takes", "各函数的参数见 docs/api"];

/// Who runs code that is no task's.
fn who(outside: Outside) -> [&'static str; 2] {
    match outside {
        Outside::File => [
            "this code runs while the file is loaded, outside any task",
            "这段代码在加载文件时运行，不在任务里",
        ],
        Outside::Callback => [
            "this code is called by the main loop, outside any task",
            "这段代码由主循环调用，不在任务里",
        ],
    }
}
