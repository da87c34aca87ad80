/** Two soft notes, made here: no file has to come. */

const NOTES = [{ pitch: 660, at: 0 }, { pitch: 880, at: 0.11 }];
const LENGTH_SECONDS = 0.32;
const LOUDNESS = 0.07;

/** @type {AudioContext | null} */
let context = null;

/** Play it. A browser that nobody has touched yet stays silent. */
export async function playChime() {
  try {
    context ??= new AudioContext();
    await context.resume();
    for (const { pitch, at } of NOTES) play(context, pitch, context.currentTime + at);
  } catch {
    // Without sound the notification is seen all the same.
  }
}

/**
 * @param {AudioContext} audio
 * @param {number} pitch
 * @param {number} start
 */
function play(audio, pitch, start) {
  const tone = new OscillatorNode(audio, { type: "sine", frequency: pitch });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + LENGTH_SECONDS);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(start + LENGTH_SECONDS);
}
