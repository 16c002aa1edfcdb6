-- POST, with a refresh token that nobody has used: each answer's token waits behind those that are there.
-- Argument: a file with a refresh token a line, more of them than connections.
local waiting, first, last = {}, 1, 0

local function add(token)
  last = last + 1
  waiting[last] = token
end

function init(args)
  for token in io.lines(args[1]) do
    add(token)
  end
end

function request()
  local token = waiting[first]
  waiting[first] = nil
  first = first + 1
  return wrk.format('POST', nil, { ['Content-Type'] = 'application/json' }, '{"refreshToken":"' .. token .. '"}')
end

function response(status, _, body)
  local token = status == 200 and body:match('"refreshToken":"([^"]+)"')
  if not token then
    error(status .. ' ' .. body)
  end
  add(token)
end
