/**
 * A canvas made ready for a drawing in CSS pixels, as sharp as the screen is.
 */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import('../view/theme.js').Theme} theme
 * @param {(ctx: CanvasRenderingContext2D, width: number, height: number) => void} draw
 */
export function mount(canvas, theme, draw) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ctx = canvas.getContext('2d');
  if (!ctx || width === 0) return;
  const density = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  ctx.setTransform(density, 0, 0, density, 0, 0);
  ctx.fillStyle = theme.background;
  ctx.fillRect(0, 0, width, height);
  draw(ctx, width, height);
}
