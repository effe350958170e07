-- A long connection whose waiting is interrupted by whoever has something to send.
-- 长连接：其他任务有数据要发送时，打断正在进行的接收。

-- Every project names itself; `sys.init` insists on both.
-- 每个工程都要定义这两个变量，否则 `sys.init` 会报错。
PROJECT = "TASK_INTERRUPT"
VERSION = "1.0.0"

require "sys"
require "testInterrupt"

sys.init(0, 0)
-- The main loop; it never returns, so it stands last.
-- 主循环，不会返回，所以必须放在最后。
sys.run()
