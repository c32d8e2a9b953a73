-- Packets ------------------------------------------------------------------------------------------------------------

@dialects

local KINDS = { [0] = "command", "response", "event" }
local OTHER_KINDS = { [3] = "dtm_command", [4] = "dtm_response", [5] = "reset_command" }

local calls = {} -- what the first pass over a capture finds out: by frame number, and commands without a response yet

local function find_group(dialect, kind, number)
    for _, range in ipairs(dialect.groups[kind == "event" and "event" or "command"]) do
        if number >= range[1] and number <= range[2] then return range[3] end
    end
    return "unknown"
end

local function decode_fields(layout, c, tree)
    local scope = blocks.record(layout, c, nil, tree, "")
    local extra = c.size - c.pos
    if extra > 0 then
        local reason = string.format("%d byte%s after a complete packet", extra, extra > 1 and "s" or "")
        if not layout.tolerates_trailing then fail("", c.pos, reason) end
        strict_only(tree:add(P.undecoded, c:range(c.pos, extra)), "", c.pos, reason)
    end
    return scope
end

-- The fields of a packet, or an expert error where they end.
local function try_fields(layout, c, tree)
    local ok, found = pcall(decode_fields, layout, c, tree)
    if ok then return found end
    if type(found) ~= "table" then error(found, 0) end
    local item = tree:add(P.undecoded, c:range(found.offset, c.size - found.offset))
    item:add_proto_expert_info(E.malformed, found.text)
    return nil
end

local function show_result(dialect, command, result, tree)
    local name = dialect.results[result] or "unknown result"
    local item = tree:add(P.result_name, name):set_generated()
    local hint = (HINTS[command] or {})[name] or HINTS[""][name]
    if result ~= 0 then item:add_proto_expert_info(E.failed, name .. (hint and ": " .. hint or "")) end
    return name
end

local function match_response(pinfo, kind, opcode)
    if kind == "command" then
        calls.waiting[opcode] = { number = pinfo.number, time = pinfo.rel_ts }
    elseif calls.waiting[opcode] then
        local command = calls.waiting[opcode]
        calls.waiting[opcode] = nil
        calls.response_of[command.number] = pinfo.number
        calls.command_of[pinfo.number] = { number = command.number, time = pinfo.rel_ts - command.time }
    end
end

local function show_match(pinfo, kind, opcode, tree)
    if not pinfo.visited then match_response(pinfo, kind, opcode) end
    local response, command = calls.response_of[pinfo.number], calls.command_of[pinfo.number]
    if response then tree:add(P.response_in, response):set_generated() end
    if command then
        local seconds = math.floor(command.time)
        tree:add(P.response_to, command.number):set_generated()
        local time = NSTime.new(seconds, math.floor((command.time - seconds) * 1e9 + 0.5))
        tree:add(P.response_time, time):set_generated()
    end
end

local function summary(short, kind, seen, ending)
    local words = { short, kind }
    if seen.conn_handle then table.insert(words, string.format("conn=0x%04x", seen.conn_handle)) end
    if seen.handle then table.insert(words, string.format("handle=0x%04x", seen.handle)) end
    table.insert(words, ending)
    return table.concat(words, " ")
end

local function show_packet(dialect, kind, opcode, packet, c, tree)
    if not packet then
        local what = kind == "event" and "event id" or "opcode"
        local reason = string.format("%s 0x%02x is no %s of %s", what, opcode, kind, dialect.name)
        tree:add_proto_expert_info(E.malformed, first_line("", 0, reason))
        return string.format("%s 0x%02x %s [unknown]", what, opcode, kind)
    end
    c.group = packet.group
    tree:add(P.name, packet.name):set_generated()
    local scope = try_fields(packet.layout, c, tree)
    if not scope then return summary(packet.short, kind, c.seen, "[malformed]") end
    local result = scope.result and show_result(dialect, packet.short, scope.result, tree)
    return summary(packet.short, kind, c.seen, result)
end

local function show_opaque(dialect, kind, opcode, group, c, tree, pinfo)
    if group ~= "unknown" then pinfo.cols.protocol = group:upper() end
    local rest = c.size - c.pos
    if rest > 0 then tree:add(P.opaque, c:range(c.pos, rest)) end
    local text = string.format("%s %s 0x%02x", group, kind, opcode)
    if kind == "response" and rest >= 4 then
        text = text .. " " .. show_result(dialect, "", c:range(c.pos, 4):le_uint(), tree)
    end
    return text
end

local function show_body(dialect, kind, c, pinfo, tree)
    local width = kind == "event" and 2 or 1
    if c.size < width then
        local reason = "too short for its " .. (kind == "event" and "event id" or "opcode")
        tree:add_proto_expert_info(E.malformed, first_line("", 0, reason))
        return kind .. " [truncated]"
    end
    local range = take(c, width, "")
    local opcode = range:le_uint()
    tree:add_le(kind == "event" and P.event_id or P.opcode, range)
    local packet, group = dialect.packets[kind][opcode], find_group(dialect, kind, opcode)
    tree:add(P.group, group):set_generated()
    if kind ~= "event" then show_match(pinfo, kind, opcode, tree) end
    if packet or group == "gatts" then return show_packet(dialect, kind, opcode, packet, c, tree) end
    if group == "unknown" then
        tree:add_proto_expert_info(E.unknown, string.format("%s has no %s 0x%02x", dialect.name, kind, opcode))
    end
    return show_opaque(dialect, kind, opcode, group, c, tree, pinfo)
end

local function other_kind(dialect, packet_type)
    if packet_type == 5 and dialect.generic_command then return "generic_command" end
    return OTHER_KINDS[packet_type] or "unknown"
end

local function check_direction(pinfo, packet_type, item)
    local from_host = packet_type == 0 or packet_type == 3 or packet_type == 5
    local expected = from_host and SENT or RECEIVED
    if packet_type <= 5 and pinfo.p2p_dir ~= UNKNOWN and pinfo.p2p_dir ~= expected then
        item:add_proto_expert_info(E.direction, from_host and "a chip sends no commands: are the two lines swapped?"
            or "a host sends no responses or events: are the two lines swapped?")
    end
end

function gatts.dissector(tvb, pinfo, parent)
    local dialect = D[gatts.prefs.dialect]
    local tree = parent:add(gatts, tvb())
    pinfo.cols.protocol = "GATTS"
    tree:add(P.dialect, dialect.name):set_generated()
    if tvb:len() == 0 then
        tree:add_proto_expert_info(E.malformed, first_line("", 0, "an empty payload has no packet type"))
        return 0
    end
    local packet_type = tvb(0, 1):uint()
    local item = tree:add(P.packet_type, tvb(0, 1))
    check_direction(pinfo, packet_type, item)
    if tvb:len() > dialect.max_payload then
        local text = "%d bytes; %s takes packets of %d at most"
        tree:add_proto_expert_info(E.too_long, text:format(tvb:len(), dialect.firmware, dialect.max_payload))
    end
    local kind = KINDS[packet_type] or other_kind(dialect, packet_type)
    tree:add(P.kind, kind):set_generated()
    local text = kind
    if KINDS[packet_type] then
        text = show_body(dialect, kind, cursor(tvb, 1, tvb:len() - 1, tree), pinfo, tree)
    elseif tvb:len() > 1 then
        tree:add(P.opaque, tvb(1))
    end
    tree:append_text(": " .. text)
    pinfo.cols.info = text
    return tvb:len()
end

function gatts.init() calls = { waiting = {}, response_of = {}, command_of = {} } end

gatts.prefs.dialect = Pref.enum("Dialect", @default_dialect, "Version of the protocol that host and chip speak",
    @dialect_choices, false)
gatts.fields = {}
for _, field in pairs(P) do table.insert(gatts.fields, field) end
for _, paths in pairs(F) do
    for _, kinds in pairs(paths) do
        for _, field in pairs(kinds) do table.insert(gatts.fields, field) end
    end
end
gatts.experts = { E.malformed, E.strict, E.failed, E.too_long, E.unknown, E.direction }
