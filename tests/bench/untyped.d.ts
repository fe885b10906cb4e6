/** The peers are installed for the bench alone (package.json beside this), so elsewhere their types are not at hand. */
declare module '@jax-js/jax';
declare module '@tensorflow/tfjs';
declare module '@tensorflow/tfjs-backend-wasm';
