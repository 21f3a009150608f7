-- For tests: lets people in whose password is a token, checked by Prosody's own code, and notes what Jitsi's
-- resources/prosody-plugins/token/util.lib.lua notes of it.

local jwt = require "util.jwt";
local new_sasl = require "util.sasl".new;

local app_id = module:get_option_string("app_id");
local app_secret = module:get_option_string("app_secret");
local domain = module:get_option_string("test_domain", module.host);
local claims_of = {};

local function is_good(claims)
	local now = os.time();
	return claims.iss == app_id and claims.aud == app_id and claims.sub == domain
		and type(claims.exp) == "number" and claims.exp > now and type(claims.nbf) == "number" and claims.nbf <= now;
end

local provider = {};

function provider.get_sasl_handler()
	return new_sasl(module.host, {
		plain_test = function (_, username, token)
			local ok, claims = jwt.verify(app_secret, token);
			if not (ok and is_good(claims)) then return false, true; end
			claims_of[username] = claims;
			return true, true;
		end;
	});
end

module:provides("auth", provider);

module:hook("resource-bind", function (event)
	local claims = claims_of[event.session.username];
	event.session.jitsi_meet_room = claims and claims.room;
	event.session.jitsi_meet_context_user = claims and claims.context.user;
end);
