-- A connect pended behind a shut, given up before the shut is done: the modem is asked to close.
require "link"

local closed
local function notify(_, event) closed = closed or event end

sys.timer_start(function()
    assert(link.open(notify, function() end) == 0)
    link.shut()
    assert(link.connect(0, "TCP", "peer", 1) == true)
    assert(link.disconnect(0) == true)
    -- Luat: the shut comes first and says so; then the close has nothing left to say.
    sys.timer_start(function()
        assert(closed == "STATE" and link.getstate(0) == "CLOSED", closed)
        done()
    end, 1000)
end, 2000)
