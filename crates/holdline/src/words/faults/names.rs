//! Names that mean nothing, or not what they look like.

use crate::check::fault::NameFault;
use crate::report::Problem;
use crate::words::Lang;

impl Lang {
    pub(super) fn name_fault(self, fault: &NameFault) -> Problem {
        match fault {
            NameFault::UsedBeforeLocal { name, local_line } => self.before_local(name, *local_line),
            NameFault::UsedInOwnLocal { name, local_line } => self.in_own_local(name, *local_line),
            NameFault::UnknownGlobal { name, near } => self.unknown_global(name, near.as_deref()),
            NameFault::OfModule { name, module } => self.of_module(name, module),
            NameFault::NotAModule { name } => self.not_a_module(name),
            NameFault::NotRequired { name } => self.not_required(name),
            NameFault::UnknownField { table, name, near } => {
                self.unknown_field(table, name, near.as_deref())
            }
            NameFault::LocalOfModule { table, name, local_line } => {
                self.local_of_module(table, name, *local_line)
            }
            NameFault::NotSupported { name } => self.not_supported(name),
        }
    }

    fn before_local(self, name: &str, line: u32) -> Problem {
        let what = [
            format!(
                "`{name}` is nil here: its `local` stands further down, in line {line}, and a \
                 local is known only below its own line. Calling it restarts the module"
            ),
            format!(
                "这里的 `{name}` 是 nil：它的 `local` 在下面第 {line} 行，局部变量只在声明之后有效。\
                 调用它会使模块重启"
            ),
        ];
        let instead = [
            "move what begins there above this place, or leave out the word `local` there",
            "把那里的定义移到这之前，或去掉那里的 `local`",
        ];
        self.told(what, instead)
    }

    fn in_own_local(self, name: &str, line: u32) -> Problem {
        let what = [
            format!(
                "`{name}` is nil here: the `local {name}` of line {line} begins only behind this \
                 function, so the function cannot call itself"
            ),
            format!(
                "这里的 `{name}` 是 nil：第 {line} 行的 `local {name}` 在本函数结束之后才生效，\
                 函数无法调用自己"
            ),
        ];
        let instead = format!("`local function {name}(...)`");
        self.told(what, [&instead, &instead])
    }

    fn unknown_global(self, name: &str, near: Option<&str>) -> Problem {
        let what = [
            format!(
                "`{name}` is nil here: no file of the project makes it, and the module has no such \
                 name"
            ),
            format!("这里的 `{name}` 是 nil：工程中没有定义它，模块也没有这个名字"),
        ];
        let Some(near) = near else {
            let instead =
                ["define it before it is used, or take it out", "请在使用之前定义它，或将其删除"];
            return self.told(what, instead);
        };
        self.told(what, [&format!("did you mean `{near}`?"), &format!("是否想写 `{near}`？")])
    }

    fn of_module(self, name: &str, module: &str) -> Problem {
        let what = [
            format!(
                "`{name}` is nil here: it is a name of module `{module}`, and only its own file \
                 sees it without the module's name"
            ),
            format!(
                "这里的 `{name}` 是 nil：它属于模块 `{module}`，只有该模块自己的文件可以直接使用"
            ),
        ];
        let instead = format!("`{module}.{name}`");
        self.told(what, [&instead, &instead])
    }

    fn not_a_module(self, name: &str) -> Problem {
        let what = [
            format!(
                "`{name}` is nil here: `{name}.lua` does not call `module`, so there is no table \
                 of that name"
            ),
            format!("这里的 `{name}` 是 nil：`{name}.lua` 没有调用 `module`，所以没有同名的表"),
        ];
        let en = format!("put `module(..., package.seeall)` first in `{name}.lua`");
        let zh = format!("在 `{name}.lua` 的开头写 `module(..., package.seeall)`");
        self.told(what, [&en, &zh])
    }

    fn not_required(self, name: &str) -> Problem {
        let what = [
            format!("`{name}` is nil here: no file requires it"),
            format!("这里的 `{name}` 是 nil：没有任何文件 require 它"),
        ];
        let en = format!("put `require \"{name}\"` at the top of this file");
        let zh = format!("在本文件开头写 `require \"{name}\"`");
        self.told(what, [&en, &zh])
    }

    fn unknown_field(self, table: &str, name: &str, near: Option<&str>) -> Problem {
        let sign = if table == "client" { ':' } else { '.' };
        let what =
            [format!("there is no `{table}{sign}{name}`"), format!("没有 `{table}{sign}{name}`")];
        let Some(near) = near else {
            let instead = ["docs/api lists every name that there is", "所有可用的名字见 docs/api"];
            return self.told(what, instead);
        };
        let en = format!("did you mean `{table}{sign}{near}`?");
        let zh = format!("是否想写 `{table}{sign}{near}`？");
        self.told(what, [&en, &zh])
    }

    fn local_of_module(self, table: &str, name: &str, line: u32) -> Problem {
        let what = [
            format!("`{table}.{name}` is nil: `{name}` is local to `{table}.lua`, line {line}"),
            format!("`{table}.{name}` 是 nil：`{name}` 是 `{table}.lua` 第 {line} 行的局部变量"),
        ];
        let instead = [
            "leave out the word `local` there: then it is a name of the module",
            "去掉那里的 `local`，它就成为模块的函数",
        ];
        self.told(what, instead)
    }

    fn not_supported(self, name: &str) -> Problem {
        let what = [
            format!(
                "`{name}` is on the module, but not in Holdline: a run stops here with an error"
            ),
            format!("模块上有 `{name}`，但 Holdline 不支持：运行到这里会报错"),
        ];
        let instead = [
            "docs/api lists what there is; test this part on the module",
            "支持的名字见 docs/api；这一部分请在模块上测试",
        ];
        self.told(what, instead)
    }
}
