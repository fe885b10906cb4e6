/** What the section of the reader's own data says. */

import { words } from './tongue.js';

/** @typedef {string} S a number as the language writes it, or a name */

export const say = words({
  en: {
    title: 'Your data',
    intro:
      'Draw points, paste a table, or drop a file anywhere on this page: a table of numbers, or an image, whose dark ink becomes points. Nothing leaves this machine. Without a pointer, paste or choose a file instead of drawing.',
    empty: 'Draw here: the brush scatters points.',
    drawn: (/** @type {S} */ n) => `${n} ${n === '1' ? 'point' : 'points'}, drawn by hand.`,
    dry: (/** @type {S} */ most) => `The brush is dry: at most ${most} points can be drawn.`,
    table: (/** @type {S} */ name, /** @type {S} */ n, /** @type {number} */ dim) =>
      `${name}: ${n} points of ${dim} ${dim === 1 ? 'coordinate' : 'coordinates'}.`,
    image: (/** @type {S} */ name, /** @type {S} */ n, /** @type {number} */ _) =>
      `${name}: ${n} points of its ink.`,
    classes: (/** @type {number} */ k, /** @type {S} */ names) =>
      `${k} ${k === 1 ? 'class' : 'classes'}: ${names}.`,
    plane: 'The picture shows the first two.',
    fits: 'They fit into the link.',
    tooMany: (/** @type {S} */ most) =>
      `They are not in the link, which holds up to ${most} scaled points of this kind.`,
    reading: 'Reading.',
    byHand: 'drawn by hand',
    brush: 'Brush size',
    undo: 'Undo',
    clear: 'Clear',
    learn: 'Learn these points',
    learned: (/** @type {S} */ n) =>
      `A new model is ready to learn these ${n} points: press Start at the top.`,
    depart: 'Start the flow from them',
    departed: (/** @type {S} */ n) =>
      `A new model is ready to carry these ${n} points, in place of noise, to the data: press Start at the top.`,
    paste: 'Paste a table',
    pasted: 'pasted table',
    pasteHelp:
      'One point a row, one column a coordinate, as a spreadsheet copies it or with commas. An image may be pasted too.',
    read: 'Show these points',
    file: 'Choose a file',
    fileHelp:
      'CSV or NPY: up to 1,048,576 rows of 64 columns. PNG, JPEG, WebP or GIF: dark ink on light paper, or transparent paper. At most 64 MiB.',
    scale: 'Scale',
    columns: 'each column to deviation 1.5',
    shape: 'keep the shape, deviation 1.5',
    none: 'leave as they are',
    scaleHelp:
      'The settings suit data somewhat wider than the noise, whose deviation is 1. So points are moved to mean 0, scaled to deviation 1.5 and rounded to 1/4096.',
    labelled: 'Last column is the class: a name or a whole number',
    inked: 'Points from the image',
    inkedFault: (/** @type {S} */ got, /** @type {S} */ least, /** @type {S} */ most) =>
      `Points from the image: got ${got}; allowed is a number from ${least} to ${most}.`,
    light: 'Light ink on dark paper',
    weights: 'these are weights; they are loaded under Files',
    path: 'A path of your own',
    pathHelp:
      'How noise and data are mixed: x at time t is σ(t) times noise plus α(t) times data. A CSV or NPY file with two columns, α and σ, evenly spaced from t = 0 (noise: α 0) to t = 1 (data: α 1, σ 0); 2 to 65,536 rows.',
    pathFile: 'Path file',
    pathKind: 'this is an image; allowed is a table of two columns, α and σ',
    pathColumns: (/** @type {number} */ dim) =>
      `${dim} ${dim === 1 ? 'column' : 'columns'}; allowed are two, α and σ`,
    pathDone: (/** @type {S} */ name, /** @type {S} */ n) =>
      `${name}: ${n} samples. A new model is ready to learn along this path.`,
  },
  zh: {
    title: '你的数据',
    intro:
      '画点、粘贴表格，或把文件拖到本页任意位置：可以是数字表格，也可以是图像（深色墨迹会变成数据点）。数据不会离开本机。不用鼠标或触摸时，可以粘贴或选择文件来代替绘制。',
    empty: '在这里绘制：画笔会撒出数据点。',
    drawn: (/** @type {S} */ n) => `手绘 ${n} 个点。`,
    dry: (/** @type {S} */ most) => `最多可画 ${most} 个点，现已画满。`,
    table: (/** @type {S} */ name, /** @type {S} */ n, /** @type {number} */ dim) =>
      `${name}：${n} 个 ${dim} 维的点。`,
    image: (/** @type {S} */ name, /** @type {S} */ n, /** @type {number} */ _) =>
      `${name}：按墨迹深浅取 ${n} 个点。`,
    classes: (/** @type {number} */ k, /** @type {S} */ names) => `共 ${k} 类：${names}。`,
    plane: '图中只显示前两维。',
    fits: '这些点可以放进链接。',
    tooMany: (/** @type {S} */ most) => `这些点放不进链接：同类的点缩放后最多可放 ${most} 个。`,
    reading: '正在读取。',
    byHand: '手绘',
    brush: '画笔大小',
    undo: '撤销一笔',
    clear: '清空',
    learn: '学习这些点',
    learned: (/** @type {S} */ n) => `新模型已准备好学习这 ${n} 个点：请按页首的“开始”。`,
    depart: '让流从这些点出发',
    departed: (/** @type {S} */ n) =>
      `新模型已准备好把这 ${n} 个点（代替噪声）带到数据：请按页首的“开始”。`,
    paste: '粘贴表格',
    pasted: '粘贴的表格',
    pasteHelp: '每行一个点，每列一个坐标；可从电子表格直接复制，也可用逗号分隔。也可以粘贴图像。',
    read: '显示这些点',
    file: '选择文件',
    fileHelp:
      'CSV 或 NPY：最多 1,048,576 行、64 列。PNG、JPEG、WebP 或 GIF：浅色纸上的深色墨迹，或透明底。不超过 64 MiB。',
    scale: '缩放',
    columns: '每列标准差为 1.5',
    shape: '保持形状，标准差为 1.5',
    none: '保持原样',
    scaleHelp:
      '噪声的标准差为 1，各项设置适合比噪声稍宽的数据。所以这里把数据点平移到均值 0，缩放到标准差 1.5，再取整到 1/4096。',
    labelled: '最后一列是类别：名称或整数',
    inked: '从图像取多少点',
    inkedFault: (/** @type {S} */ got, /** @type {S} */ least, /** @type {S} */ most) =>
      `从图像取多少点：得到 ${got}；允许 ${least} 到 ${most} 的数。`,
    light: '深色纸上的浅色墨迹',
    weights: '这是权重文件，请在“文件”一节载入',
    path: '自己的路径',
    pathHelp:
      '噪声与数据的混合方式：时刻 t 的 x 等于 σ(t) 乘噪声加 α(t) 乘数据。CSV 或 NPY 文件，两列 α 和 σ，从 t = 0（噪声：α 为 0）到 t = 1（数据：α 为 1，σ 为 0）等距排列；2 到 65,536 行。',
    pathFile: '路径文件',
    pathKind: '这是图像；允许的是两列（α 和 σ）的表格',
    pathColumns: (/** @type {number} */ dim) => `共 ${dim} 列；允许两列，即 α 和 σ`,
    pathDone: (/** @type {S} */ name, /** @type {S} */ n) =>
      `${name}：${n} 个采样点。新模型已准备好沿这条路径学习。`,
  },
});
