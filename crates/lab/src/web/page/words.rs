//! Every word of the page, in English and Chinese beside each other.
//!
//! `{n}` and the like are places for values; of `one|many` the first is for an `n` of one.

use crate::web::lang::Lang;
use axum::http::HeaderMap;
use serde::Serialize;

macro_rules! words {
    ($($name:ident: $en:literal | $zh:literal;)*) => {
        /// Every word of the page, in one language.
        #[derive(Debug, Serialize)]
        pub(super) struct Words { $(pub(super) $name: &'static str,)* }

        pub(super) static EN: Words = Words { $($name: $en,)* };
        pub(super) static ZH: Words = Words { $($name: $zh,)* };

        #[cfg(test)]
        const ALL: &[(&str, &str, &str)] = &[$((stringify!($name), $en, $zh),)*];
    };
}

words! {
    lang: "en" | "zh";
    title: "Holdline lab" | "Holdline 测试服务器";
    other_language: "中文" | "English";
    skip_to_stream: "Skip to the stream" | "跳到数据流";

    live: "live" | "实时";
    connecting: "connecting" | "正在连接";
    lost: "connection lost" | "连接断开";
    lost_about: "No connection to the lab: trying again. What comes meanwhile is kept, and shown as soon as it is back."
        | "与测试服务器断开，正在重连。这段时间的数据不会丢，连上后会补齐。";
    restarted: "The lab was started anew; its ports may have changed."
        | "测试服务器已重新启动，端口可能有变化。";
    reload: "Reload the page" | "刷新网页";
    no_answer: "the lab does not answer" | "测试服务器没有应答";
    trouble: "the store cannot write: {why}" | "记录无法写入：{why}";

    ports: "Ports" | "端口";
    only_here: "Only this machine reaches it. `--{kind} 0.0.0.0:{port}` lets others in."
        | "只有本机能连接。用 `--{kind} 0.0.0.0:{port}` 让其他设备也能连接。";
    relays_to: "Devices are passed on to {target}." | "设备会被转发到 {target}。";
    paste: "Line for a script" | "粘贴到脚本";
    more_addresses: "{n} more address|{n} more addresses" | "另外 {n} 个地址";
    only_network: "A private address: modules on a mobile network cannot reach it unless a router passes the port on."
        | "这是内网地址：移动网络上的模块连不上，除非路由器做了端口映射。";
    qr: "QR code" | "二维码";
    qr_of: "QR code of {address}" | "{address} 的二维码";
    generation_new: "LuaTask (Air724)" | "LuaTask（Air724）";
    generation_old: "Air202" | "Air202";
    copy: "Copy" | "复制";
    copied: "Copied" | "已复制";

    devices: "Devices" | "设备";
    no_devices: "No device has connected yet." | "还没有设备连接。";
    try_script: "Paste a line from Ports into your script and run it: on a module, or here with `holdline run main.lua`."
        | "把“端口”中的一行粘贴到脚本里运行：在模块上，或在本机用 `holdline run main.lua`。";
    try_hand: "Or without a script, in a terminal; then type a line:"
        | "也可以不用脚本，在终端运行后输入一行：";
    no_such_device: "No device is called so." | "没有这个名字的设备。";
    find_device: "Find a device" | "查找设备";
    device_order: "Order" | "排序";
    order_heard: "heard last" | "最近活动";
    order_name: "by name" | "按名称";
    devices_shown: "{first} to {last} of {all}" | "第 {first} 至 {last} 台，共 {all} 台";
    devices_before: "Back" | "上一页";
    devices_after: "On" | "下一页";
    online: "online" | "在线";
    offline: "offline" | "离线";
    choose: "Show {name} in the stream" | "在数据流中显示 {name}";
    from: "from {address}" | "来自 {address}";
    online_for: "online for {time}" | "已在线 {time}";
    seen_ago: "seen {time} ago" | "{time}前出现";
    received_sent: "↓ {in} · ↑ {out}" | "↓ {in} · ↑ {out}";
    heartbeat_none: "no rhythm: {min} to {max} apart" | "无规律：间隔 {min} 至 {max}";
    heartbeat: "every {period}, {regularity} % regular" | "每 {period} 一次，规律性 {regularity}%";
    heartbeat_picture: "Time between the last {n} messages: {min} to {max}" | "最近 {n} 条消息的间隔：{min} 到 {max}";
    connections: "{n} connection|{n} connections" | "{n} 次连接";
    kick_close: "Disconnect (FIN)" | "断开（FIN）";
    kick_reset: "Disconnect (RST)" | "断开（RST）";
    kicked: "disconnected" | "已断开";

    stream: "Stream" | "数据流";
    of_all: "all devices" | "全部设备";
    of_some: "{n} chosen" | "已选 {n} 台";
    choose_none: "Show all" | "显示全部";
    rows: "{n} row|{n} rows" | "{n} 行";
    search: "Search" | "搜索";
    search_as: "Search as" | "搜索方式";
    text: "text" | "文本";
    hex: "hex" | "十六进制";
    file: "file" | "文件";
    bad_hex: "two digits for each byte, as in 7e 01 ff" | "每个字节写两位，如 7e 01 ff";
    charset: "Text is" | "文本编码";
    of_port: "Show this port" | "显示该端口";
    every_port: "all ports" | "全部端口";
    show: "Show" | "显示";
    received: "received" | "收到";
    sent: "sent" | "发出";
    events: "events" | "事件";
    messages: "messages" | "分包消息";
    pause: "Pause" | "暂停";
    resume: "Go on" | "继续";
    newest: "To the newest ↓" | "到最新 ↓";
    export: "Export" | "导出";
    nothing_yet: "Nothing yet. What devices send, and what is sent to them, is shown here." | "还没有数据。收到和发出的数据会显示在这里。";
    nothing_let_through: "No row is let through by search, ticks and chosen devices." | "没有符合搜索、勾选和所选设备的行。";
    widen: "Show everything" | "显示全部";
    time: "Time" | "时间";
    device: "Device" | "设备";
    bytes_as_hex: "Hex" | "十六进制";
    bytes_as_text: "Text" | "文本";
    row: "Row {n}" | "第 {n} 行";
    close: "Close" | "关闭";
    length: "{n} byte|{n} bytes" | "{n} 字节";
    row_before: "Row before" | "上一行";
    row_after: "Row after" | "下一行";
    since_before: "{time} after the one before" | "距上一条 {time}";
    times: "Times" | "时间显示";
    times_clock: "time of day" | "时刻";
    times_since: "since the row above" | "距上一行";
    copy_as: "Copy as" | "复制为";
    as_text: "As text" | "文本";
    as_json: "As JSON" | "JSON";
    as_bytes: "Bytes" | "字节";
    compare: "Compare" | "比较";
    compare_with: "with" | "对比";
    compare_before: "the one before of this device" | "该设备的上一条";
    compare_marked: "row {n}, which was marked" | "已标记的第 {n} 行";
    mark: "Mark for comparing" | "标记以便比较";
    marked: "Marked: open another row to compare" | "已标记：打开另一行即可比较";
    same: "The bytes are the same." | "字节完全相同。";
    differ: "{gone} only there (struck out), {new} only here (underlined)" | "仅对方有 {gone}（删除线），仅此行有 {new}（下划线）";
    nothing_before: "nothing to compare with" | "没有可比较的行";
    numbers: "Numbers" | "数值";
    numbers_at: "from byte" | "起始字节";
    number_kind: "as" | "类型";
    little_endian: "little-endian" | "小端";
    big_endian: "big-endian" | "大端";
    unix_seconds: "time (s)" | "时间（秒）";
    unix_millis: "time (ms)" | "时间（毫秒）";
    cut: "the first {n} of {all} bytes" | "共 {all} 字节，显示前 {n} 字节";

    send: "Send" | "发送";
    send_what: "What to send" | "发送内容";
    send_as: "Send as" | "发送方式";
    send_placeholder: "text with \\r \\n \\x7E, or hex" | "文本（可用 \\r \\n \\x7E）或十六进制";
    send_to_all: "to all that are online" | "发给所有在线设备";
    send_to_some: "to {n} chosen" | "发给已选的 {n} 台";
    sent_to: "{bytes} to {n} connection|{bytes} to {n} connections" | "向 {n} 个连接发送了 {bytes}";
    append: "Append" | "末尾追加";
    append_nothing: "append nothing" | "不追加";
    no_gbk: "GBK has no {letter}" | "GBK 中没有 {letter}";
    repeat_every: "every" | "每隔";
    repeat_times: "times" | "次数";
    repeat_unending: "no end" | "不限";
    repeat: "Repeat" | "定时发送";
    repeat_begun: "It goes on when this page is closed, and ends with the lab." | "已开始：关闭网页后仍会继续，测试服务器停止时结束。";
    repeat_told: "{bytes}, every {every}, {whom}: {turns} done" | "{bytes}，每 {every}，{whom}：已发 {turns} 次";
    repeat_told_of: "{bytes}, every {every}, {whom}: {turns} of {times} done" | "{bytes}，每 {every}，{whom}：共 {times} 次，已发 {turns} 次";
    repeat_stop: "Stop" | "停止";
    repeats: "Repeated sends" | "定时发送";
    presets: "Presets" | "常用";
    preset_called: "name" | "名称";
    preset_keep: "Keep" | "保存";
    preset_drop: "Forget" | "删除";

    beside: "Device beside the lab" | "一起运行的设备";
    beside_console: "Console" | "控制台";
    beside_words: "other words, such as latency 800ms for 1m" | "其他故障，如 latency 800ms for 1m";

    break_it: "Break it" | "制造故障";
    fault_when: "When" | "何时";
    fault_now: "now" | "立刻";
    fault_connects: "the next N connects" | "接下来 N 次连接";
    fault_bytes: "after N bytes" | "收到 N 字节后";
    fault_messages: "after N messages" | "收到 N 条消息后";
    fault_count: "N" | "N";
    fault_value: "How long or how many: {word}" | "时长或数量：{word}";
    fault_lasts: "for, such as 30s" | "持续，如 30s";
    lift: "Take all back" | "全部撤销";
    lifted: "No fault waits or stands." | "没有等待或持续中的故障。";

    rules: "Rules" | "规则";
    rules_about: "Where a message ends, who a device is, and what it is answered. It is in force once it is applied."
        | "消息怎样分开、设备叫什么、收到什么回复什么。点“应用”后生效。";
    rules_json_about: "The same as JSON, in the words of the configuration file." | "同样的内容，JSON 格式，用词与配置文件相同。";
    rules_keep: "Apply" | "应用";
    rules_kept: "In force, and kept over restarts." | "已生效，重启后仍然有效。";
    rules_undo: "Undo changes" | "放弃修改";
    rules_no_json: "this is no JSON: {why}" | "不是 JSON：{why}";
    rules_unshown: "the form cannot show this JSON: it has to be an object, and `rules` a list of objects"
        | "表单无法显示这段 JSON：它应是对象，`rules` 应是对象的列表";
    only_json: "as the JSON has it" | "见 JSON";
    no_text: "{bytes} is no text; write it as hex" | "{bytes} 不是文本，请写成十六进制";

    framing: "A message is" | "一条消息是";
    framing_none: "what arrives at once" | "一次收到的数据";
    framing_line: "a line" | "一行";
    framing_fixed: "so many bytes" | "固定字节数";
    framing_idle: "what comes until a pause" | "停顿之前的数据";
    framing_length: "as long as it says" | "自带长度";
    framing_bytes: "Bytes" | "字节数";
    framing_gap: "Pause" | "停顿";
    length_skip: "Bytes before the length" | "长度之前的字节数";
    length_size: "Bytes of the length" | "长度占的字节数";
    length_order: "Its byte order" | "长度的字节序";
    length_counts: "It counts" | "长度包括";
    counts_rest: "what follows it" | "后面的内容";
    counts_length_and_rest: "itself and what follows" | "自身和后面的内容";
    counts_whole: "all of the message" | "整条消息";

    identity: "A device is called" | "设备名称";
    identity_none: "by its connection" | "无，按连接区分";
    identity_imei: "by the IMEI that it sends" | "它发来的 IMEI";
    identity_pattern: "by a regular expression" | "用正则表达式取";
    identity_bytes: "by bytes of a message" | "取消息中的字节";
    identity_name: "always the same" | "固定名称";
    identity_expression: "Expression (its first group, or all)" | "正则（取第一组或全部）";
    identity_start: "Start of the message, in hex" | "消息开头（十六进制）";
    identity_skip: "Bytes before the name" | "名称之前的字节数";
    identity_len: "Bytes of the name" | "名称的字节数";
    identity_called: "Name" | "名称";

    reply: "Other messages" | "其他消息";
    reply_silent: "are not answered" | "不回复";
    reply_echo: "are sent back" | "原样发回";

    rules_order: "Of the rules for messages the first that fits decides." | "同一条消息由第一条符合的规则处理。";
    rule: "Rule {n}" | "规则 {n}";
    rule_add: "Add a rule" | "添加规则";
    rule_up: "Move up" | "上移";
    rule_down: "Move down" | "下移";
    rule_remove: "Remove" | "删除";
    rule_when: "When" | "当";
    rule_say: "Say" | "回复";
    rule_after: "Wait first" | "先等待";
    rule_split: "Bytes a piece" | "分段字节数";
    rule_then: "Then" | "然后";
    rule_rest: "Only in the JSON: {names}" | "仅在 JSON 中：{names}";
    cue_connect: "it connects" | "设备连接";
    cue_equals: "it says" | "消息是";
    cue_prefix: "it starts with" | "消息开头是";
    cue_contains: "it contains" | "消息包含";
    cue_matches: "it matches" | "消息匹配正则";
    cue_hex: "it starts with hex" | "消息开头字节";
    cue_every: "time passes, every" | "每隔";
    cue_text: "Text of the message, with \\r \\n \\x7E" | "消息文本，可用 \\r \\n \\x7E";
    cue_pattern: "Regular expression" | "正则表达式";
    cue_mask: "Bytes in hex, ? is any digit" | "十六进制字节，? 代表任意一位";
    cue_time: "How often, such as 10s" | "间隔，如 10s";
    say_text: "Text to say, with \\r \\n \\x7E" | "回复文本，可用 \\r \\n \\x7E";
    say_hex: "Bytes to say, in hex" | "回复字节，十六进制";
    say_echo: "the same back" | "原样发回";
    say_nothing: "nothing" | "不回复";
    then_stay: "stay connected" | "保持连接";
    then_close: "close (FIN)" | "断开（FIN）";
    then_reset: "reset (RST)" | "断开（RST）";

    make_test: "Make this a test" | "生成测试";

    accepted: "connected from {what}" | "从 {what} 连接";
    refused: "turned away {what}" | "拒绝了 {what}";
    named: "says it is {what}" | "自称 {what}";
    closed: "over: {what}" | "结束：{what}";
    fault_began: "fault: {what}" | "故障：{what}";
    manner_changed: "the port has another manner" | "端口的行为已更改";
    lost_up: "lost on its way from the device: {what}" | "设备发来的数据丢失：{what}";
    lost_down: "lost on its way to the device: {what}" | "发给设备的数据丢失：{what}";
    fault_ended: "fault is over: {what}" | "故障结束：{what}";

    secured: "hands are shaken: {what}" | "TLS 握手完成：{what}";
    handshake_failed: "no TLS: {what}" | "TLS 握手失败：{what}";
    script: "Lua file:" | "Lua 文件：";
    script_reload: "Load anew" | "重新加载";
    script_began: "the script runs" | "脚本开始运行";
    script_said: "script: {what}" | "脚本：{what}";
    script_failed: "error in the script: {what}" | "脚本出错：{what}";
    script_stuck: "the script did not let go at {what}, and begins anew" | "脚本在 {what} 处一直不返回，重新开始运行";
    script_behind: "the script is behind, and has not heard of {what} connects and messages"
        | "脚本处理不过来，有 {what} 次连接和消息没有交给它";
    script_too_loud: "the script said {what} lines more within a second" | "脚本一秒内输出过多，另有 {what} 行未显示";
    for_devices: "For devices:" | "设备所需文件：";

    end_by_device: "closed by the device" | "设备关闭了连接";
    end_unannounced: "closed by the device without a close_notify" | "设备未发 close_notify 就断开";
    end_unsecured: "the TLS handshake failed" | "TLS 握手失败";
    end_broken: "broken: {why}" | "连接中断：{why}";
    end_by_server: "closed by the server" | "服务器关闭了连接";
    end_by_server_reset: "reset by the server" | "服务器强行断开";
    end_by_target: "closed by the target" | "目标服务器关闭了连接";
    end_target_broken: "broken by the target: {why}" | "目标服务器断开了连接：{why}";
    end_unreachable: "no way to the target: {why}" | "无法连接目标服务器：{why}";
    end_too_slow: "the device does not read" | "设备不接收数据";
    end_crowded: "too much waited for all, and the most for this one" | "等待发送的总量超限，其中它占得最多";
    end_idle: "silent for long" | "长时间没有数据";
    end_stopped: "the lab stopped" | "测试服务器停止";
    end_killed: "the lab was killed" | "测试服务器被强行结束";

    days: "{n} d" | "{n} 天";
    hours: "{n} h" | "{n} 小时";
    minutes: "{n} min" | "{n} 分";
    seconds: "{n} s" | "{n} 秒";
    millis: "{n} ms" | "{n} 毫秒";
}

/// The words for who asks.
pub(super) fn of(headers: &HeaderMap) -> &'static Words {
    match Lang::of(headers) {
        Lang::En => &EN,
        Lang::Zh => &ZH,
    }
}

/// Puts values into their places, and takes the form that is for them.
pub(super) fn fill(words: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    let is_one = || values.iter().any(|(name, value)| *name == "n" && value.to_string() == "1");
    let mut filled = String::new();
    let mut rest = match words.split_once('|') {
        Some((one, _)) if is_one() => one,
        Some((_, many)) => many,
        None => words,
    };
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            filled.push_str(&value.to_string());
        }
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::{ALL, fill};

    fn places(words: &str) -> Vec<&str> {
        let mut places: Vec<&str> =
            words.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn both_languages_have_places_for_the_same_values() {
        for (name, en, zh) in ALL {
            assert!(!en.is_empty() && !zh.is_empty(), "{name}");
            for form in en.split('|') {
                assert_eq!(places(form), places(zh), "{name}");
            }
        }
    }

    #[test]
    fn a_value_is_put_in_as_it_is() {
        assert_eq!(fill("a {n} b {m}", &[("m", &"{n}"), ("n", &1)]), "a 1 b {n}");
        assert_eq!(fill("{x", &[]), "");
    }

    #[test]
    fn one_has_a_form_of_its_own() {
        let rows = |n: usize| fill("{n} row|{n} rows", &[("n", &n)]);
        assert_eq!([0, 1, 2, 11].map(rows), ["0 rows", "1 row", "2 rows", "11 rows"]);
    }
}
