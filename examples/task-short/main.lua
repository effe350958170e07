-- A short connection in one task: connect, report, close, wait, and again.
-- 用一个任务实现短连接：连接，上报，断开，等待，如此反复。

-- Every project names itself; `sys.init` insists on both.
-- 每个工程都要定义这两个变量，否则 `sys.init` 会报错。
PROJECT = "TASK_SHORT"
VERSION = "1.0.0"

require "sys"
require "testShort"

sys.init(0, 0)
-- The main loop; it never returns, so it stands last.
-- 主循环，不会返回，所以必须放在最后。
sys.run()
