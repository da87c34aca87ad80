"""The view from the bridge: what runs, who is connected, and what operators can do about it.

`pictures` are made by `cluster`, `sockets` and `channel` from what the processes report, what they
answer when they are asked, and the database; `observatory` makes each once for all who look;
`consumer` is the operators' socket, `acts` what they do, `views` the pages in the admin.
"""
