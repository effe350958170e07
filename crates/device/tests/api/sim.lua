-- The card and its numbers.
require "sim"
assert(sim.getStatus() == nil and sim.getIccid() == nil and sim.getImsi() == nil and sim.getMcc() == "")

local function luhn(digits)
    local sum, double = 0, false
    for i = #digits, 1, -1 do
        local digit = tonumber(digits:sub(i, i)) * (double and 2 or 1)
        sum, double = sum + math.floor(digit / 10) + digit % 10, not double
    end
    return sum % 10 == 0
end

local heard, told = {}, {}
sys.subscribe("SIM_IND", function(state) heard[#heard + 1] = state end)
sys.subscribe("IMSI_READY", function() heard[#heard + 1] = "imsi " .. sim.getImsi() end)
sys.regapp(function(id, state) told[#told + 1] = state or id return true end, "SIM_IND", "IMSI_READY")

sys.taskInit(function()
    sys.wait(1000)
    assert(table.concat(heard, ",") == "RDY,imsi " .. sim.getImsi(), table.concat(heard, ","))
    assert(table.concat(told, ",") == "RDY,IMSI_READY", table.concat(told, ","))
    assert(sim.getStatus() == true and sim.getstatus() == true)
    local iccid, imsi = sim.getIccid(), sim.getImsi()
    assert(#iccid == 20 and luhn(iccid) and sim.geticcid() == iccid)
    assert(#imsi == 15 and imsi:find("^%d+$") and sim.getimsi() == imsi)
    assert(sim.getMcc() == imsi:sub(1, 3) and sim.getMnc() == imsi:sub(4, 5))
    assert(sim.getNumber() == "" and sim.getId() == 0)
    sim.setQueryNumber(true)
    sim.setId(0, function(went_well) sys.publish("SLOT", went_well) end)
    local _, first = sys.waitUntil("SLOT", 1000)
    sim.setId(1, function(went_well) sys.publish("SLOT", went_well) end)
    local _, second = sys.waitUntil("SLOT", 1000)
    assert(first == true and second == false)
    assert(not pcall(function() sim.getType() end))

    world("sim removed")
    sys.wait(10)
    assert(sim.getStatus() == false and heard[3] == "NIST" and sim.getIccid() == iccid)
    world("sim inserted")
    sys.wait(1000)
    assert(sim.getStatus() == true and heard[4] == "RDY" and #heard == 5 and #told == 5)

    world("sim locked")
    sys.wait(10)
    assert(sim.getStatus() == false and heard[6] == "SIM_PIN" and heard[7] == "NORDY" and told[7] == "NORDY")
    world("sim unlocked")
    sys.wait(1000)
    assert(sim.getStatus() == true and heard[8] == "RDY")
    done()
end)
