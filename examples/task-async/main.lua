-- A long connection without a receiving task: anybody sends, the library keeps the line alive.
-- 异步长连接：任何地方都可以发送，由库自动发心跳。

-- Every project names itself; `sys.init` insists on both.
-- 每个工程都要定义这两个变量，否则 `sys.init` 会报错。
PROJECT = "TASK_ASYNC"
VERSION = "1.0.0"

require "sys"
require "testAsync"

sys.init(0, 0)
-- The main loop; it never returns, so it stands last.
-- 主循环，不会返回，所以必须放在最后。
sys.run()
