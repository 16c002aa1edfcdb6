-- GET, with another token each time, and the first again after the last. Argument: a file with a token a line.
local requests, turn = {}, 0

function init(args)
  for token in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format('GET', nil, { Authorization = 'Bearer ' .. token })
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
