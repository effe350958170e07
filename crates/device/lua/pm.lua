-- `pm`: who keeps the module awake. Nothing ever sleeps here; the tags are kept.

local here = ...
local pmd = here.core.pmd
local assert, next = assert, next

local pm = {}

function here.init.pm()
    return {}
end

function pm.wake(tag)
    assert(tag ~= nil, "pm.wake tag invalid")
    local tags = here.dev.pm
    if next(tags) == nil then pmd.sleep(0) end
    tags[tag] = true
end

function pm.sleep(tag)
    assert(tag ~= nil, "pm.sleep tag invalid")
    local tags = here.dev.pm
    tags[tag] = nil
    if next(tags) == nil then pmd.sleep(1) end
end

-- Whether nobody, or not `tag`, keeps the module awake.
function pm.isSleep(tag)
    local tags = here.dev.pm
    if tag ~= nil then return not tags[tag] end
    return next(tags) == nil
end

function pm.isleep() return pm.isSleep() end

return pm
