-- A long connection over TLS on which both sides prove who they are.
-- 用 TLS 保持长连接，双方互相验证。

-- Every project names itself; `sys.init` insists on both.
-- 每个工程都要定义这两个变量，否则 `sys.init` 会报错。
PROJECT = "TASK_TLS_BOTH_CERTIFICATES"
VERSION = "1.0.0"

require "sys"
require "testTls"

sys.init(0, 0)
-- The main loop; it never returns, so it stands last.
-- 主循环，不会返回，所以必须放在最后。
sys.run()
