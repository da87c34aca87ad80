/**
 * What hangs on a message: reactions, the pin, the thread, the files. Each has events of its own, which
 * come in their order; so a newer text does not touch them.
 *
 * @import { File, Message } from "../protocol.generated.d.ts"
 */

/**
 * @param {Message} message
 * @param {string} emoji
 * @param {string} userId
 * @returns {Message}
 */
export function withReaction(message, emoji, userId) {
  const given = message.reactions.find((reaction) => reaction.emoji === emoji);
  if (given?.user_ids.includes(userId)) return message;
  if (!given) {
    return { ...message, reactions: [...message.reactions, { emoji, user_ids: [userId] }] };
  }
  return {
    ...message,
    reactions: message.reactions.map((reaction) =>
      reaction === given ? { emoji, user_ids: [...given.user_ids, userId] } : reaction
    ),
  };
}

/**
 * @param {Message} message
 * @param {string} emoji
 * @param {string} userId
 * @returns {Message}
 */
export function withoutReaction(message, emoji, userId) {
  return {
    ...message,
    reactions: message.reactions.map((reaction) =>
      reaction.emoji === emoji
        ? { emoji, user_ids: reaction.user_ids.filter((id) => id !== userId) }
        : reaction
    ).filter((reaction) => reaction.user_ids.length > 0),
  };
}

/**
 * A picture waits for its thumbnails once. What says that it still waits is old.
 *
 * @param {Message} message
 * @param {File} file
 * @returns {Message}
 */
export function withFile(message, file) {
  return {
    ...message,
    files: message.files.map((known) =>
      known.id === file.id && (known.state === "waiting" || file.state !== "waiting") ? file : known
    ),
  };
}

/**
 * The newer text of two, on what hangs on the first one. Deleted wins over everything.
 *
 * @param {Message} known
 * @param {Message} told
 * @returns {Message}
 */
export function withText(known, told) {
  if (known.deleted_at !== null) return known;
  if (told.deleted_at !== null) return told;
  if (told.version <= known.version) return known;
  const { reactions, files, thread, pinned_at, pinned_by_id } = known;
  return { ...told, reactions, files, thread, pinned_at, pinned_by_id };
}

/**
 * @param {Message} message
 * @param {string} at
 * @returns {Message}
 */
export function tombstone(message, at) {
  return {
    ...message,
    text: "",
    html: "",
    deleted_at: message.deleted_at ?? at,
    mention_ids: [],
    broad: "",
    reactions: [],
    files: [],
    quote: null,
    pinned_at: null,
    pinned_by_id: null,
  };
}
