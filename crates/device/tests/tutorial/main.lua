MODULE_TYPE = "Air202"
PROJECT = "LONG_CONNECTION"
VERSION = "1.0.0"
require"sys"
require"test"
sys.init(0,0)
sys.run()
