-- This program has a bug, on purpose: README.md beside it says which. The first file that a module runs.
-- 本程序故意留有一个错误，说明见同一文件夹的 README.md。模块运行的第一个文件。
PROJECT = "STICKY_ERROR"
VERSION = "1.0.0"

require "sys"
require "tracker"

sys.init(0, 0)
sys.run()
