-- POST, with another body each time. Arguments: a file with a body a line, and the statuses that are right.
local requests, turn = {}, 0
local right = {}

function init(args)
  for body in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format('POST', nil, { ['Content-Type'] = 'application/json' }, body)
  end
  for index = 2, #args do
    right[tonumber(args[index])] = true
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function response(status, _, body)
  if not right[status] then
    error(status .. ' ' .. body)
  end
end
