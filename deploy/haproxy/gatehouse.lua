-- http-request lua.gatehouse <path>: asks Gatehouse, with the request's Authorization header, at /verify or
-- /verify?role=admin. Where it allows, the identity headers are set and txn.gatehouse_allows is true; where not, the
-- request ends with its answer. HAProxy goes on after an error in here, so haproxy.cfg has to deny what was not allowed.

local ADDRESS = 'abns@gatehouse-check'
local TIMEOUT_MS = 3000
local IDENTITY = { 'x-user-id', 'x-user-email', 'x-user-roles', 'x-session-id' }
local PASSED_ON = { 'content-type', 'cache-control', 'www-authenticate', 'retry-after', 'x-request-id' }

-- HAProxy counts some lists of values from 0, some from 1.
local function all(values)
  local list = {}
  for index = 0, #(values or {}) do
    if values and values[index] then list[#list + 1] = values[index] end
  end
  return list
end

local function ask(path, authorization)
  local headers = { host = { 'gatehouse' } }
  -- All of them: Gatehouse refuses two.
  if #authorization > 0 then headers.authorization = authorization end
  return core.httpclient():get({
    url = 'http://gatehouse' .. path,
    dst = ADDRESS,
    headers = headers,
    timeout = TIMEOUT_MS,
  })
end

local function refuse(txn, answer)
  local reply = txn:reply()
  local status = answer and answer.status or 0
  -- Another status than these is no answer to the question.
  if status ~= 400 and status ~= 401 and status ~= 403 then
    reply:set_status(503)
    reply:add_header('retry-after', '1')
    txn:done(reply)
    return
  end
  reply:set_status(status)
  for _, name in ipairs(PASSED_ON) do
    for _, value in ipairs(all(answer.headers[name])) do reply:add_header(name, value) end
  end
  reply:set_body(answer.body or '')
  txn:done(reply)
end

core.register_action('gatehouse', { 'http-req' }, function(txn, path)
  local answer = ask(path, all(txn.http:req_get_headers()['authorization']))
  if not answer or answer.status ~= 204 then
    refuse(txn, answer)
    return
  end
  for _, name in ipairs(IDENTITY) do
    txn.http:req_set_header(name, all(answer.headers[name])[1] or '')
  end
  txn:set_var('txn.gatehouse_allows', true)
end, 1)
