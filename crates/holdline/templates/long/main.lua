en|-- The first file that a module runs. Every project has exactly one main.lua.
zh|-- 模块运行的第一个文件，每个工程有且只有一个 main.lua。

en|-- Every project names itself; `sys.init` insists on both.
zh|-- 每个工程都要定义这两个变量，否则 `sys.init` 会报错。
PROJECT = "{name}"
VERSION = "1.0.0"

en|-- sys has the main loop, the timers and the tasks; report is our own program, in report.lua.
zh|-- sys 提供主循环、定时器和任务；report 是我们自己的程序，在 report.lua 中。
require "sys"
require "report"

sys.init(0, 0)
en|-- The main loop; it never returns, so it stands last.
zh|-- 主循环，不会返回，所以必须放在最后。
sys.run()
