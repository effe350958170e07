"use strict";
// A file, with the line where it is about one.
const place = (file, line) => file + (line ? ":" + line : "");

// All that the page says, in English and Chinese. `%` stands for what a row carries.
const WORDS = {
  en: {
    other: "中文", themes: { auto: "Theme: auto", light: "Theme: light", dark: "Theme: dark" },
    counts: (p, f, e) => `${p} passed, ${f} failed, ${e} in error`,
    all: "All", fault: "To the fault", zoomIn: "Zoom in", zoomOut: "Zoom out",
    facts: (c) => `${place(c.file, c.line)} · ${c.world} of world time in ${c.took} · seed ${c.seed} · hash ${c.hash}`,
    expected: "expected", got: "got", hint: "hint", at: "at", none: "Nothing happened in this test's world.",
    world: "world", device: (n) => `device ${n}`, server: (s) => `server ${s}`, socket: (n) => `line ${n}`,
    conns: "connection",
    legend: { on: "powered on", open: "connected", beat: "sends", heard: "hears", fault: "fault", bad: "goes wrong", log: "prints" },
    keys: "Wheel or + − zooms, drag or Shift + ← → moves, ← → goes from event to event, ↑ ↓ to another lane, 0 shows all.",
    chart: "All that happened, over time. Arrow keys go through the events.", bytes: (n) => `${n} bytes`,
    more: "and more",
    powered_on: "powered on", restarting: "restarts: %", powered_off: "powered off", online: "network ready",
    offline: "network lost", dialled: "dials %", connected: "connected", connect_failed: "not connected: %",
    ended: "line lost: %", closed: "closed", broken_off: "line broken off", sent: "sends %", received: "hears %",
    log: "prints %", notice: "%", uart_sent: "serial port writes %", uart_received: "serial port hears %",
    refused: "refuses a connection", accepted: "accepts a connection", server_received: "hears %", server_sent: "sends %",
    server_closed: { device: "connection ended by the device", server: "closes the connection", server_reset: "resets the connection" },
    fault_began: "fault: %", fault_ended: "fault over: %", held: "holds: %", broken: "does not hold: %",
  },
  zh: {
    other: "English", themes: { auto: "主题：自动", light: "主题：浅色", dark: "主题：深色" },
    counts: (p, f, e) => `通过 ${p}，失败 ${f}，错误 ${e}`,
    all: "全部", fault: "到故障处", zoomIn: "放大", zoomOut: "缩小",
    facts: (c) => `${place(c.file, c.line)} · 虚拟时间 ${c.world}，用时 ${c.took} · 种子 ${c.seed} · 哈希 ${c.hash}`,
    expected: "期望", got: "实际", hint: "提示", at: "时间", none: "这个测试的世界里什么也没有发生。",
    world: "世界", device: (n) => `设备 ${n}`, server: (s) => `服务器 ${s}`, socket: (n) => `连接 ${n}`,
    conns: "连接",
    legend: { on: "已开机", open: "已连接", beat: "发送", heard: "收到", fault: "故障", bad: "出错", log: "打印" },
    keys: "滚轮或 + − 缩放，拖动或 Shift + ← → 平移，← → 逐个查看事件，↑ ↓ 换一行，0 显示全部。",
    chart: "全过程的时间图，用方向键查看事件。", bytes: (n) => `${n} 字节`,
    more: "等等",
    powered_on: "开机", restarting: "重启：%", powered_off: "关机", online: "网络就绪",
    offline: "网络断开", dialled: "连接 %", connected: "已连接", connect_failed: "连接失败：%",
    ended: "连接断开：%", closed: "已关闭", broken_off: "连接中断", sent: "发送 %", received: "收到 %",
    log: "打印 %", notice: "%", uart_sent: "串口写出 %", uart_received: "串口收到 %",
    refused: "拒绝连接", accepted: "接受连接", server_received: "收到 %", server_sent: "发送 %",
    server_closed: { device: "连接被设备断开", server: "关闭连接", server_reset: "重置连接" },
    fault_began: "故障：%", fault_ended: "故障结束：%", held: "成立：%", broken: "不成立：%",
  },
};
