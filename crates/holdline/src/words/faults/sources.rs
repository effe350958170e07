//! Sources that do not read as they look.

use crate::check::fault::TextFault;
use crate::report::Problem;
use crate::words::Lang;

impl Lang {
    pub(super) fn text_fault(self, fault: &TextFault) -> Problem {
        match fault {
            TextFault::ByteOrderMark => self.byte_order_mark(),
            TextFault::MixedLines { is_utf8 } => self.mixed_lines(*is_utf8),
            TextFault::MixedFiles { is_utf8, other } => self.mixed_files(*is_utf8, other),
            TextFault::BadBytes => self.bad_bytes(),
            TextFault::GbkBackslash { found } => self.gbk_backslash(*found),
            TextFault::HexEscape { found, decimal } => self.hex_escape(found, decimal),
            TextFault::FullWidth { found, ascii: ' ' } => self.no_blank(*found),
            TextFault::FullWidth { found, ascii } => self.full_width(*found, *ascii),
            TextFault::NotAscii { found } => self.not_ascii(*found),
            TextFault::NewerLua { found, since } => self.newer_lua(found, since),
            TextFault::TooLarge { bytes, max } => self.apart([
                format!(
                    "the file has {bytes} bytes; files over {max} are not read, and no module \
                     holds them"
                ),
                format!("文件有 {bytes} 字节；超过 {max} 字节的文件不检查，模块也放不下"),
            ]),
            TextFault::TooDeep { max } => self.apart([
                format!(
                    "blocks, brackets or `..` nest deeper here than Lua 5.1 takes ({max}): `chunk \
                     has too many syntax levels`; the file is not read further"
                ),
                format!(
                    "这里的代码块、括号或 `..` 嵌套超过 Lua 5.1 的上限（{max}）：`chunk has too many \
                     syntax levels`；此文件不再检查"
                ),
            ]),
            TextFault::TooLong { max } => self.apart([
                format!("an expression of more than {max} operators; the file is not read further"),
                format!("表达式的运算符超过 {max} 个；此文件不再检查"),
            ]),
            TextFault::TooManyLocals { max } => self.apart([
                format!(
                    "this is local {} of one function, and Lua 5.1 takes {max}: the module cannot \
                     load the file",
                    max + 1
                ),
                format!(
                    "这是同一个函数里的第 {} 个局部变量，Lua 5.1 最多 {max} 个：模块无法加载此文件",
                    max + 1
                ),
            ]),
            TextFault::TooManyUpvalues { max } => self.apart([
                format!(
                    "this function uses more than {max} locals of the functions around it, and \
                     Lua 5.1 takes no more: the module cannot load the file"
                ),
                format!(
                    "这个函数使用的外层局部变量超过 {max} 个，Lua 5.1 不支持：模块无法加载此文件"
                ),
            ]),
        }
    }

    fn byte_order_mark(self) -> Problem {
        let what = [
            "the file begins with a byte-order mark: Holdline skips it, the module may stop at it",
            "文件开头有 BOM：Holdline 会跳过，模块可能因此无法加载",
        ];
        let instead = ["save it as UTF-8 without BOM", "另存为不带 BOM 的 UTF-8"];
        self.told(what.map(str::to_owned), instead)
    }

    fn mixed_lines(self, is_utf8: bool) -> Problem {
        let [this, other] = encodings(is_utf8);
        let what = [
            format!(
                "this line is {this}, other lines of the file are {other}: no editor shows both, \
                 and strings go out in both"
            ),
            format!(
                "这一行是 {this}，文件里其他行是 {other}：编辑器无法同时正确显示，字符串也会以两种编码发出"
            ),
        ];
        self.told(what, ["save the whole file in one encoding", "整个文件使用同一种编码"])
    }

    fn mixed_files(self, is_utf8: bool, file: &str) -> Problem {
        let [this, other] = encodings(is_utf8);
        let what = [
            format!("this string is {this}, those of `{file}` are {other}: the server gets both"),
            format!("这个字符串是 {this}，而 `{file}` 里的是 {other}：服务器会收到两种编码"),
        ];
        self.told(what, ["save all files in one encoding", "所有文件使用同一种编码"])
    }

    fn bad_bytes(self) -> Problem {
        let what = ["bytes that are neither UTF-8 nor GBK", "既不是 UTF-8 也不是 GBK 的字节"];
        let instead = [
            "write them as escapes in a string, such as `\\255`, or save the file anew",
            "在字符串里写成转义，如 `\\255`，或重新保存文件",
        ];
        self.told(what.map(str::to_owned), instead)
    }

    fn gbk_backslash(self, found: char) -> Problem {
        let what = [
            format!(
                "`{found}` ends in the byte of `\\` in GBK: Lua drops that byte, and reads the \
                 next character as part of an escape"
            ),
            format!(
                "`{found}` 的 GBK 编码以 `\\` 结尾：Lua 会丢掉这个字节，并把下一个字符当作转义"
            ),
        ];
        let instead = [
            "save the file as UTF-8, or put a `\\` behind this character",
            "把文件存为 UTF-8，或在这个字后面加一个 `\\`",
        ];
        self.told(what, instead)
    }

    fn hex_escape(self, found: &str, decimal: &str) -> Problem {
        let read = found.trim_start_matches('\\');
        let what = [
            format!(
                "`{found}` is no escape in Lua 5.1, which reads it as `{read}`; only newer \
                 firmware takes it"
            ),
            format!("Lua 5.1 没有 `{found}` 这种转义，会读成 `{read}`；只有较新的固件支持"),
        ];
        let decimal = format!("`{decimal}`");
        self.told(what, [&decimal, &decimal])
    }

    fn newer_lua(self, found: &str, since: &str) -> Problem {
        let what = [
            format!("`{found}` came with Lua {since}; the module has Lua 5.1"),
            format!("`{found}` 从 Lua {since} 才有，模块是 Lua 5.1"),
        ];
        self.told(what, newer(found))
    }

    fn no_blank(self, found: char) -> Problem {
        let number = u32::from(found);
        let what = [
            format!(
                "U+{number:04X} looks like a blank and is none: the module cannot load the file"
            ),
            format!("U+{number:04X} 看起来像空格，其实不是：模块无法加载此文件"),
        ];
        self.told(what, ["an ordinary blank", "普通空格"])
    }

    fn full_width(self, found: char, ascii: char) -> Problem {
        let what = [
            format!("`{found}` is a full-width sign: the module cannot load the file"),
            format!("`{found}` 是全角符号：模块无法加载此文件"),
        ];
        self.told(what, [&format!("`{ascii}`"), &format!("半角 `{ascii}`")])
    }

    fn not_ascii(self, found: char) -> Problem {
        let what = [
            format!("`{found}` cannot stand in code: names are Latin letters, digits and `_`"),
            format!("代码里不能有 `{found}`：名字只能由英文字母、数字和 `_` 组成"),
        ];
        let instead = [
            "Latin letters; text goes into quotes, remarks behind `--`",
            "用英文字母；文字放在引号里，说明写在 `--` 后面",
        ];
        self.told(what, instead)
    }

    /// A source that is too much of something.
    fn apart(self, what: [String; 2]) -> Problem {
        let instead = [
            "take it apart: several files or functions, a table, or `table.concat`",
            "请拆开：分成几个文件或函数，或用表和 `table.concat`",
        ];
        self.told(what, instead)
    }
}

/// The encoding that is meant, and the other one.
fn encodings(is_utf8: bool) -> [&'static str; 2] {
    if is_utf8 { ["UTF-8", "GBK"] } else { ["GBK", "UTF-8"] }
}

/// What Lua 5.1 has in the place of something newer.
fn newer(found: &str) -> [&'static str; 2] {
    match found {
        "goto" | "::" => [
            "`while`, `repeat` or a function with `return`",
            "用 `while`、`repeat`，或带 `return` 的函数",
        ],
        "//" => ["`math.floor(a / b)`", "`math.floor(a / b)`"],
        "&" => ["`bit.band(a, b)`", "`bit.band(a, b)`"],
        "|" => ["`bit.bor(a, b)`", "`bit.bor(a, b)`"],
        "~" => ["`bit.bxor(a, b)`, or `bit.bnot(a)`", "`bit.bxor(a, b)`，或 `bit.bnot(a)`"],
        "<<" => ["`bit.lshift(a, n)`", "`bit.lshift(a, n)`"],
        ">>" => ["`bit.rshift(a, n)`", "`bit.rshift(a, n)`"],
        "\\u" => ["the character itself, in UTF-8", "直接写这个字（UTF-8）"],
        "\\z" => ["two strings and `..`", "两个字符串用 `..` 连接"],
        _ => ["a plain `local`", "普通的 `local`"],
    }
}
