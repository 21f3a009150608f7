-- Startcall for Prosody: tells the Slack app Startcall who is in a Jitsi meeting, and does what it asks.
--
-- Enable "startcall" in the MUC component of the conferences, and in the one of the breakout rooms if there is one.
-- All settings are global, so they stand above the first VirtualHost:
--
--   startcall_url = "https://startcall.example.com/hooks/jitsi"
--   startcall_secret = "what STARTCALL_JITSI_HOOK_SECRET holds"
--
-- Optional: startcall_hidden_domains (whose users are services and not people), startcall_timeout_s,
-- startcall_retry_s (before the first repetition), startcall_retry_for_s, startcall_switch_s.
--
-- Sends POST startcall_url: {"id", "event": joined|left|emptied|destroyed, "room", "at", "occupant"}.
-- Takes  POST /startcall:   {"action": health|occupants|destroy|kick, "room", "muc", "session"}.
-- Both carry X-Startcall-Timestamp and X-Startcall-Signature: v1=hex(HMAC-SHA256(secret, timestamp.body)).
--
-- Interfaces used: https://prosody.im/doc/developers/moduleapi, https://prosody.im/doc/developers/http,
-- and from https://github.com/jitsi/jitsi-meet/tree/master/resources/prosody-plugins: the user of a verified token in
-- session.jitsi_meet_context_user (token/util.lib.lua), and room._data.breakout_rooms (mod_muc_breakout_rooms.lua).

module:set_global();

local array = require "util.array";
local cache = require "util.cache";
local hashes = require "util.hashes";
local http = require "net.http";
local jid = require "util.jid";
local json = require "util.json";
local st = require "util.stanza";
local timer = require "util.timer";
local uuid = require "util.uuid";
local seconds_now = require "util.time".now;

local VERSION = 1;
local WINDOW_S = 300;
local BODY_MAX_BYTES = 65536;
local PENDING_MAX = 5000;
local DELAY_MAX_S = 30;
local NICK_XMLNS = "http://jabber.org/protocol/nick";
local JIGASI_XMLNS = "http://jitsi.org/protocol/jigasi";

local url = module:get_option_string("startcall_url");
local hidden_domains = module:get_option_set("startcall_hidden_domains", {});
local timeout_s = module:get_option_number("startcall_timeout_s", 10);
local retry_s = module:get_option_number("startcall_retry_s", 1);
local retry_for_s = module:get_option_number("startcall_retry_for_s", 600);
local switch_s = module:get_option_number("startcall_switch_s", 20);

-- Several secrets, separated by commas, are all accepted while one takes the other's place; the first one signs.
local secrets = {};
for secret in module:get_option_string("startcall_secret", ""):gmatch("[^,%s]+") do
	table.insert(secrets, secret);
end

if not secrets[1] then
	module:log("error", "startcall_secret is not set: nothing is sent, and no request is accepted");
elseif not url then
	module:log("warn", "startcall_url is not set: nobody is told who comes and goes");
end

local mucs = {}; -- the module's context by the domain of each MUC component it is enabled in
local closed = cache.new(10000); -- rooms that were ended in Slack and stay closed
local pending = 0;

-- Signing --------------------------------------------------------------------

local function sign(secret, timestamp, body)
	return "v1=" .. hashes.hmac_sha256(secret, timestamp .. "." .. body, true);
end

-- Prosody before 0.12 cannot compare in constant time; digests of both under a key nobody knows tell as little.
local blind = uuid.generate();
local equals = hashes.equals or function (one, other)
	return hashes.hmac_sha256(blind, one) == hashes.hmac_sha256(blind, other);
end

-- Return what is wrong with the signature of a request, or nil.
local function find_signature_fault(headers, body)
	local timestamp, signature = headers.x_startcall_timestamp, headers.x_startcall_signature;
	if not (timestamp and signature and #timestamp <= 12 and timestamp:match("^%d+$")) then
		return "unsigned";
	end
	local is_good = false;
	for _, secret in ipairs(secrets) do
		is_good = equals(sign(secret, timestamp, body), signature) or is_good;
	end
	if not is_good then return "signature"; end
	if math.abs(os.time() - tonumber(timestamp)) > WINDOW_S then return "stale"; end
	return nil;
end

-- Telling Startcall ------------------------------------------------------------

local deliver;

local function retry_or_give_up(job, code, reason)
	if code ~= 0 and code < 500 and code ~= 408 and code ~= 429 then
		module:log("error", "Startcall refused %s with %d, and will again: see startcall_secret, startcall_url and both clocks",
			job.what, code);
	elseif os.time() >= job.give_up_at then
		module:log("error", "Startcall was not told of %s: %s %d", job.what, tostring(reason), code);
	else
		module:log("warn", "Startcall did not take %s (%s %d), trying again in %g s", job.what, tostring(reason), code, job.delay_s);
		timer.add_task(job.delay_s, function () deliver(job); end);
		job.delay_s = math.min(job.delay_s * 2, DELAY_MAX_S);
		return;
	end
	pending = pending - 1;
end

function deliver(job)
	local timestamp, is_done, request = tostring(os.time()), false, nil;
	local function finish(reason, code)
		if is_done then return; end
		is_done = true;
		if code >= 200 and code < 300 then
			pending = pending - 1;
		else
			retry_or_give_up(job, code, code == 0 and reason or "status");
		end
	end
	timer.add_task(timeout_s, function ()
		if is_done then return; end
		finish("no answer in time", 0);
		if request then http.destroy_request(request); end
	end);
	request = http.request(url, {
		method = "POST";
		body = job.body;
		headers = {
			["Content-Type"] = "application/json";
			["X-Startcall-Timestamp"] = timestamp;
			["X-Startcall-Signature"] = sign(secrets[1], timestamp, job.body);
		};
	}, function (body, code)
		-- What came in place of an answer stands in the body when there is no status.
		finish(body, code or 0);
	end);
end

local function tell(kind, room, at, occupant)
	if not (url and secrets[1]) then return; end
	if pending >= PENDING_MAX then
		module:log("error", "Startcall is not told of %s in %s: %d more are waiting", kind, room.jid, pending);
		return;
	end
	pending = pending + 1;
	deliver({
		what = kind .. " in " .. room.jid;
		body = json.encode({
			id = uuid.generate(); event = kind; room = jid.node(room.jid); at = at; occupant = occupant;
		});
		delay_s = retry_s;
		give_up_at = os.time() + retry_for_s;
	});
end

-- Rooms and people --------------------------------------------------------------

local function muc_service(host)
	local known = mucs[host] and prosody.hosts[host];
	return known and known.modules.muc;
end

local function is_health_check(room)
	return room.jid:sub(1, 21) == "__jicofo-health-check";
end

-- Return the room that a breakout room belongs to; a room that is no breakout room is its own.
local function main_room_of(room)
	if room.startcall_main_room then return room.startcall_main_room; end
	local main = room;
	for host in pairs(mucs) do
		local service = host ~= jid.host(room.jid) and muc_service(host);
		if service then
			for candidate in service.each_room() do
				local breakouts = candidate._data and candidate._data.breakout_rooms;
				if breakouts and breakouts[room.jid] then main = candidate; end
			end
		end
	end
	room.startcall_main_room = main;
	return main;
end

-- Return a room and its breakout rooms, as far as they are open.
local function rooms_of(main)
	local rooms = { main };
	for room_jid in pairs(main._data and main._data.breakout_rooms or {}) do
		local service = muc_service(jid.host(room_jid));
		local room = service and service.get_room_from_jid(room_jid);
		if room then table.insert(rooms, room); end
	end
	return rooms;
end

-- Jicofo, recorders and transcribers are occupants too, but nobody one could talk to. A telephone is.
local function is_person(occupant)
	if jid.resource(occupant.nick) == "focus" then return false; end
	local host = jid.host(occupant.jid or occupant.bare_jid) or "";
	if not (host:match("^auth%.") or host:match("^recorder%.") or host:match("^hidden%.") or hidden_domains:contains(host)) then
		return true;
	end
	local presence = occupant:get_presence();
	return presence ~= nil and presence:get_child("initiator", JIGASI_XMLNS) ~= nil;
end

local function describe(occupant)
	local session = occupant.jid and prosody.full_sessions[occupant.jid];
	-- Only a verified token puts it there: https://github.com/jitsi/jitsi-meet token/util.lib.lua.
	local user = session and session.jitsi_meet_context_user or {};
	local presence = occupant:get_presence();
	local name = presence and presence:get_child_text("nick", NICK_XMLNS);
	return {
		session = jid.resource(occupant.nick);
		visitor = user.id ~= nil and tostring(user.id) or nil;
		name = name or (type(user.name) == "string" and user.name) or nil;
	};
end

local function find_occupant(main, session)
	for _, room in ipairs(rooms_of(main)) do
		local occupant = room:get_occupant_by_nick(room.jid .. "/" .. session);
		if occupant then return occupant, room; end
	end
end

local function find_room(name, muc)
	if type(name) ~= "string" then return nil; end
	for host in pairs(mucs) do
		local service = (muc == nil or muc == host) and muc_service(host);
		local room = service and service.get_room_from_jid(jid.join(name, host));
		if room and main_room_of(room) == room then return room; end
	end
end

local function on_joined(event)
	local room, occupant = event.room, event.occupant;
	if is_health_check(room) or not is_person(occupant) then return; end
	room.startcall_people = room.startcall_people or {};
	room.startcall_people[occupant.nick] = true;
	tell("joined", main_room_of(room), seconds_now(), describe(occupant));
end

local function on_left(event)
	local room, occupant, at = event.room, event.occupant, seconds_now();
	-- The last presence of a telephone no longer says that it is one.
	local was_person = room.startcall_people and room.startcall_people[occupant.nick] or is_person(occupant);
	if is_health_check(room) or not was_person then return; end
	if room.startcall_people then room.startcall_people[occupant.nick] = nil; end
	local main, session = main_room_of(room), jid.resource(occupant.nick);
	-- A room that is closed with people in it was closed by somebody; else the last of them has gone.
	if main.destroying then main.startcall_closed = true; end
	local function tell_if_gone()
		if not find_occupant(main, session) then tell("left", main, at, { session = session }); end
	end
	if event.stanza and event.stanza:get_child_text("status") == "switch_room" then
		timer.add_task(switch_s, tell_if_gone); -- on the way to a breakout room, or back
	else
		tell_if_gone();
	end
end

local function on_destroyed(event)
	local room = event.room;
	-- Prosody says so once for each person when it empties a room.
	if room.startcall_over or is_health_check(room) or main_room_of(room) ~= room then return; end
	room.startcall_over = true;
	for _, one in ipairs(room.destroying and rooms_of(room) or {}) do
		for _, occupant in one:each_occupant() do
			if is_person(occupant) then room.startcall_closed = true; end
		end
	end
	tell(room.startcall_closed and "destroyed" or "emptied", room, seconds_now());
end

local function on_create(event)
	local name = jid.node(event.room.jid);
	if not (name and closed:get(name)) then return; end
	event.origin.send(st.error_reply(event.stanza, "cancel", "gone", "This call was ended in Slack."));
	return true;
end

-- Doing what Startcall asks -----------------------------------------------------

local actions = {};

function actions.health()
	local domains = array();
	for host in pairs(mucs) do domains:push(host); end
	return { version = VERSION, mucs = domains };
end

function actions.occupants(command)
	local room, occupants = find_room(command.room, command.muc), array();
	for _, one in ipairs(room and rooms_of(room) or {}) do
		for _, occupant in one:each_occupant() do
			if is_person(occupant) then occupants:push(describe(occupant)); end
		end
	end
	return { found = room ~= nil, occupants = occupants };
end

function actions.destroy(command)
	local room = find_room(command.room, command.muc);
	if type(command.room) == "string" then closed:set(command.room, true); end
	if room then room:destroy(nil, "This call was ended in Slack."); end
	return { found = room ~= nil };
end

function actions.kick(command)
	local main = find_room(command.room, command.muc);
	local occupant, room = nil, nil;
	if main and type(command.session) == "string" then occupant, room = find_occupant(main, command.session); end
	if occupant then room:set_role(true, occupant.nick, nil, "You were removed from the call."); end
	return { found = occupant ~= nil };
end

local function answer(response, status, content)
	response.status_code = status;
	response.headers.content_type = "application/json";
	return json.encode(content);
end

local function handle(event)
	local request, response = event.request, event.response;
	local body = request.body or "";
	if not secrets[1] then return answer(response, 503, { error = "no secret" }); end
	if #body > BODY_MAX_BYTES then return answer(response, 413, { error = "too large" }); end
	local fault = find_signature_fault(request.headers, body);
	if fault then return answer(response, 401, { error = fault }); end
	local command = json.decode(body);
	local action = type(command) == "table" and actions[command.action];
	if not action then return answer(response, 400, { error = "action" }); end
	return answer(response, 200, action(command));
end

module:depends("http");
module:provides("http", { default_path = "/startcall"; route = { POST = handle; }; });

function module.add_host(host_module)
	local host = host_module.host;
	mucs[host] = host_module;
	host_module:hook("muc-occupant-joined", on_joined, -2);
	host_module:hook("muc-occupant-left", on_left, 2); -- before Prosody drops a room that is now empty
	host_module:hook("muc-room-destroyed", on_destroyed, 2); -- before breakout rooms are closed with it
	host_module:hook("muc-room-pre-create", on_create, 98);
	function host_module.unload()
		mucs[host] = nil;
	end
end
