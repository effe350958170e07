//! What `lab` says.

use super::Lang;
use crate::report::Problem;
use holdline_lab::{
    AuthorityError, ListenError, OpenError, StartError, StopError, WebError, shape_in_chinese,
};
use holdline_peer::fault::Sentences;
use std::net::SocketAddr;
use std::path::Path;

impl Lang {
    /// One sentence of two.
    pub(crate) fn of(self, sentences: &Sentences) -> String {
        self.pick(sentences.en.clone(), sentences.zh.clone())
    }

    /// Where the page is: the first line.
    pub(crate) fn lab_is_at(self, scheme: &str, http: SocketAddr) -> String {
        self.pick(
            format!("The lab is open: {scheme}://{http}\n"),
            format!("测试服务器已启动：{scheme}://{http}\n"),
        )
    }

    /// A port: where it is, and the server that it passes devices on to.
    pub(crate) fn lab_port(
        self,
        name: &str,
        kind: &str,
        at: SocketAddr,
        relay: Option<SocketAddr>,
    ) -> String {
        let (on, on_zh) = relay
            .map(|target| (format!(", on to {target}"), format!("，转发到 {target}")))
            .unwrap_or_default();
        self.pick(
            format!("  port {name}: {kind} {at}{on}\n"),
            format!("  端口 {name}：{kind} {at}{on_zh}\n"),
        )
    }

    /// What devices need for ports of TLS.
    pub(crate) fn lab_is_trusted_by(self, http: SocketAddr) -> String {
        self.pick(
            format!(
                "  devices trust it with http://{http}/api/ca.crt, and show it \
                 http://{http}/api/client.pem\n"
            ),
            format!(
                "  设备的 caCert：http://{http}/api/ca.crt，客户端证书：http://{http}/api/client.pem\n"
            ),
        )
    }

    /// A script that answers tried to connect to somebody.
    pub(crate) fn answers_only(self) -> String {
        self.pick(
            "a file that answers cannot connect to servers: every connect of it fails".to_owned(),
            "用来回复设备的文件不能连接服务器：它的连接一律失败".to_owned(),
        )
    }

    /// What is kept where, and how to stop.
    pub(crate) fn lab_store(self, store: &Path) -> String {
        let store = store.display();
        self.pick(
            format!("  everything is kept in {store}\nCtrl-C stops it.\n"),
            format!("  全部记录保存在 {store}\n按 Ctrl-C 停止。\n"),
        )
    }

    /// Neither flags nor a file name a port.
    pub(crate) fn lab_without_ports(self) -> Problem {
        Problem::with_hint(
            self.pick("no port is named".to_owned(), "没有指定端口".to_owned()),
            self.pick(
                "`holdline lab --tcp 9999` listens for devices at port 9999".to_owned(),
                "`holdline lab --tcp 9999` 在 9999 端口等待设备".to_owned(),
            ),
        )
    }

    /// Two ports share a name.
    pub(crate) fn lab_port_twice(self, name: &str) -> Problem {
        Problem::with_hint(
            self.pick(format!("two ports are called `{name}`"), format!("有两个端口都叫 `{name}`")),
            self.pick(
                "give one a name of its own, as in `--tcp cars=9999`".to_owned(),
                "给其中一个另取名称，如 `--tcp cars=9999`".to_owned(),
            ),
        )
    }

    /// A flag's value makes no sense.
    pub(crate) fn bad_flag_words(self, flag: &str, what: &Sentences) -> Problem {
        Problem { text: format!("{flag}: {}", self.of(what)), hint: None }
    }

    /// The configuration file cannot be read.
    pub(crate) fn cannot_read_lab_file(self, path: &Path) -> Problem {
        Problem::with_hint(
            self.cannot_read(path),
            self.pick(
                "a lab needs no file: `holdline lab --tcp 9999`, `holdline run PROJECT --lab`; docs/lab.md says what \
                 one may have".to_owned(),
                "测试服务器不需要文件：`holdline lab --tcp 9999`、`holdline run PROJECT --lab`；文件格式见 docs/lab.zh.md".to_owned(),
            ),
        )
    }

    /// The file with the page's password cannot be read.
    pub(crate) fn cannot_read_password(self, path: &Path) -> Problem {
        Problem::with_hint(
            self.cannot_read(path),
            self.pick(
                "make a file of one line, the password, that only you may read".to_owned(),
                "请建一个只有一行（密码）且只有自己能读的文件".to_owned(),
            ),
        )
    }

    fn cannot_read(self, path: &Path) -> String {
        let path = path.display();
        self.pick(format!("cannot read `{path}`"), format!("无法读取 `{path}`"))
    }

    /// The configuration file makes no sense.
    pub(crate) fn bad_lab_file(self, path: &Path) -> String {
        let path = path.display();
        self.pick(format!("`{path}` cannot be followed"), format!("`{path}` 的内容有误"))
    }

    /// Where the file of a lab is no TOML, or not that of a lab, and why.
    pub(crate) fn lab_file_shape(self, error: &toml::de::Error) -> String {
        let text = error.to_string();
        let text = text.trim_end();
        match self {
            Self::En => text.to_owned(),
            Self::Zh => in_chinese(text, error.message()).unwrap_or_else(|| text.to_owned()),
        }
    }

    /// Nobody would have to guess for long.
    pub(crate) fn lab_password_too_short(self, path: &Path, least: usize) -> Problem {
        let path = path.display();
        Problem::with_hint(
            self.pick(
                format!("the password in `{path}` is too short"),
                format!("`{path}` 中的密码太短"),
            ),
            self.pick(
                format!("it has at least {least} letters, in one line"),
                format!("密码至少 {least} 个字符，写在一行里"),
            ),
        )
    }

    /// A folder cannot be made.
    pub(crate) fn cannot_make_folder(self, path: &Path) -> String {
        let path = path.display();
        self.pick(format!("cannot make the folder `{path}`"), format!("无法创建目录 `{path}`"))
    }

    /// Why the lab does not start, and the way out.
    pub(crate) fn lab_does_not_start(self, error: &StartError) -> Problem {
        let (text, hint) = match error {
            StartError::Store(error) => self.lab_store_trouble(error),
            StartError::Authority(error) => self.lab_authority_trouble(error),
            StartError::Listen(ListenError::NotThere { name, address, error }) => (
                self.pick(
                    format!("port `{name}` cannot listen at {address}: {error}"),
                    format!("端口 `{name}` 无法监听 {address}：{error}"),
                ),
                self.pick(
                    "choose another port, or stop what listens there".to_owned(),
                    "换一个端口，或停止占用它的程序".to_owned(),
                ),
            ),
            StartError::Web(WebError::Unlocked(address)) => (
                self.pick(
                    format!("the page at {address} would be open to strangers: it has no password and no TLS"),
                    format!("网页地址 {address} 会对外人开放：没有密码，也没有 TLS"),
                ),
                self.pick(
                    "`--password-file FILE` adds both; or leave it at 127.0.0.1: ports for devices may \
                     be open to all without it, as `0.0.0.0:9999`"
                        .to_owned(),
                    "加上 `--password-file FILE` 即可（同时启用 TLS）；或者网页仍用 127.0.0.1，\
                     设备端口不受影响，可以照常用 `0.0.0.0:9999` 对外开放"
                        .to_owned(),
                ),
            ),
            StartError::Web(WebError::NoCertificate(error)) => (
                self.pick(
                    format!("the page has no certificate: {error}"),
                    format!("网页没有可用的证书：{error}"),
                ),
                self.pick(
                    "`--tls-cert` and `--tls-key` want PEM files that belong together; without them the lab \
                     makes its own"
                        .to_owned(),
                    "`--tls-cert` 与 `--tls-key` 需要一对匹配的 PEM 文件；不写则自动生成".to_owned(),
                ),
            ),
            StartError::Web(WebError::NotThere { address, error }) => (
                self.pick(
                    format!("the page cannot be at {address}: {error}"),
                    format!("网页无法使用 {address}：{error}"),
                ),
                self.pick(
                    "`--http 127.0.0.1:8081` puts it elsewhere".to_owned(),
                    "用 `--http 127.0.0.1:8081` 换一个地址".to_owned(),
                ),
            ),
            StartError::Listen(ListenError::NoCertificate { name, error }) => {
                let text = self.pick(
                    format!("port `{name}` has no certificate to show: {error}"),
                    format!("端口 `{name}` 无法生成证书：{error}"),
                );
                return Problem { text, hint: None };
            }
            StartError::Listen(ListenError::NoPoll(error))
            | StartError::Web(WebError::NoThread(error))
            | StartError::Thread(error) => {
                return Problem { text: format!("{}: {error}", self.cannot_start()), hint: None };
            }
        };
        Problem::with_hint(text, hint)
    }

    fn lab_authority_trouble(self, error: &AuthorityError) -> (String, String) {
        let (text, path) = match error {
            AuthorityError::Unusable { path, error } => {
                let shown = path.display();
                let text = self.pick(
                    format!("`{shown}` cannot be used: {error}"),
                    format!("无法使用 `{shown}`：{error}"),
                );
                (text, path)
            }
            AuthorityError::NoKey { certificate, key } => {
                let (shown, key) = (certificate.display(), key.display());
                let text = self.pick(
                    format!("the key of `{shown}` is missing: there is no `{key}`"),
                    format!("缺少 `{shown}` 的私钥 `{key}`"),
                );
                (text, certificate)
            }
            AuthorityError::NotItsKey { certificate, key } => {
                let (shown, key) = (certificate.display(), key.display());
                let text = self.pick(
                    format!("`{key}` is not the key of `{shown}`"),
                    format!("`{key}` 不是 `{shown}` 的私钥"),
                );
                (text, certificate)
            }
        };
        let path = path.display();
        let hint = self.pick(
            format!("put both files back; without `{path}` and its pair they are made anew, and devices need the new ca.crt"),
            format!("恢复这两个文件；若把 `{path}` 与配对的文件都删掉，会重新生成，设备要换新的 ca.crt"),
        );
        (text, hint)
    }

    fn lab_store_trouble(self, error: &OpenError) -> (String, String) {
        let another = self.pick(
            "`--store FILE` takes another file".to_owned(),
            "用 `--store FILE` 换一个文件".to_owned(),
        );
        let text = match error {
            OpenError::InUse(path) => {
                let path = path.display();
                self.pick(
                    format!("another lab keeps its record in `{path}`"),
                    format!("另一个测试服务器正在使用 `{path}`"),
                )
            }
            OpenError::NotOurs(path) => {
                let path = path.display();
                self.pick(
                    format!("`{path}` holds something else, and is left alone"),
                    format!("`{path}` 是别的文件，未作改动"),
                )
            }
            OpenError::OtherForm(path) => {
                let path = path.display();
                self.pick(
                    format!(
                        "`{path}` was written by another version of Holdline, and is left alone"
                    ),
                    format!("`{path}` 由另一个版本的 Holdline 写入，未作改动"),
                )
            }
            OpenError::Unusable { path, error } => {
                let path = path.display();
                self.pick(
                    format!("`{path}` cannot be used: {error}"),
                    format!("无法使用 `{path}`：{error}"),
                )
            }
        };
        (text, another)
    }

    /// What was lost when the lab stopped.
    pub(crate) fn lab_stopped_badly(self, error: &StopError) -> Problem {
        let text = match error {
            StopError::Host(error) => self.pick(
                format!("the ports could not be served any more: {error}"),
                format!("端口无法继续服务：{error}"),
            ),
            StopError::Lost(rows) => self.pick(
                match rows {
                    1 => "1 row could not be written into the store".to_owned(),
                    _ => format!("{rows} rows could not be written into the store"),
                },
                format!("有 {rows} 条记录未能写入"),
            ),
            StopError::Panicked => self.pick(
                "a part of the lab broke down, which is a fault of Holdline's own".to_owned(),
                "测试服务器内部出错，这是 Holdline 自身的问题".to_owned(),
            ),
        };
        Problem { text, hint: None }
    }
}

/// `text` is a place, the line with a mark below it, and at last `message`.
fn in_chinese(text: &str, message: &str) -> Option<String> {
    let (place, rest) = text.strip_prefix("TOML parse error at line ")?.split_once('\n')?;
    let (line, column) = place.split_once(", column ")?;
    let excerpt = rest.strip_suffix(message)?;
    Some(format!("第 {line} 行第 {column} 列\n{excerpt}{}", shape_in_chinese(message)))
}
