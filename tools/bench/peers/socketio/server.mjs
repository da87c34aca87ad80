// Socket.IO with its Redis adapter, as its documentation shows it: one room, and what one says all hear.
//
//     PORT=3000 REDIS_URL=redis://127.0.0.1:6379 node server.mjs

import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

const publishing = createClient({ url: process.env.REDIS_URL });
const subscribing = publishing.duplicate();
await Promise.all([publishing.connect(), subscribing.connect()]);

const http = createServer();
const io = new Server(http, {
    adapter: createAdapter(publishing, subscribing),
    transports: ["websocket"],
});

io.on("connection", (socket) => {
    socket.join("load");
    socket.on("message", (text) => {
        io.to("load").emit("message", { text, at: new Date().toISOString() });
    });
});

http.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("ready"));
