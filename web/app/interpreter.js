/**
 * What the library and the engine refuse, in the language of the page. They speak English, in sentences of one form, `thing: got
 * value; allowed is this`: in Chinese the form and the fixed phrases are said anew, names and values stay, and what is not known
 * here is quoted as a quotation.
 */

import { CHINESE } from './glossary.js';
import { tongue } from './tongue.js';

/** @typedef {[english: RegExp, chinese: string]} Phrase  with $1, $2 … for what the English has in parentheses */

const FORM = /^(csv, |npy, )?(.+?): got (.+?)[;,] allowed (?:is|are|only) (.+)$/s;

/** What was wrong. @type {Phrase[]} */
const THINGS = [
  [/^line (\d+), column (\d+)$/, '第 $1 行第 $2 列'],
  [/^line (\d+)$/, '第 $1 行'],
  [/^label of point (\d+)$/, '第 $1 个点（从 0 数起）的类别'],
  [/^path, sample (\d+)$/, '路径的第 $1 个采样点（从 0 数起）'],
  [/^tensor (.+), number (\d+)$/, '张量 $1 的第 $2 个数'],
  [/^tensors? (.+)$/, '张量 $1'],
  [/^(.+)\.length$/, '$1 的长度'],
  [/^points\[(\d+)\]$/, '点的第 $1 个数'],
  [/^file$/, '文件'],
  [/^image$/, '图像'],
  [/^labels$/, '类别'],
  [/^points$/, '数据点'],
  [/^columns$/, '列数'],
  [/^shape$/, '形状'],
  [/^header length$/, '文件头长度'],
  [/^header$/, '文件头'],
  [/^version$/, '版本'],
  [/^data$/, '数据'],
  [/^link$/, '链接'],
  [/^memory$/, '内存'],
  [/^parameter$/, '设置名'],
  [/^set$/, '修改'],
];

/** What came in place of it. @type {Phrase[]} */
const VALUES = [
  [/^"points of (\d+) coordinates"$/, '$1 维的点'],
  [/^(\d+) columns$/, '$1 列'],
  [/^(\d+) bytes of numbers$/, '$1 字节的数'],
  [/^(\d+) bytes$/, '$1 字节'],
  [/^(\d+) characters$/, '$1 个字符'],
  [/^"none of class (\d+)"$/, '类别 $1 没有点'],
  [/^1 point$/, '1 个点'],
  [/^(\S+) points at one place$/, '$1 个点都在同一处'],
  [/^no ink$/, '没有墨迹'],
  [/^(\d+%) between paper and ink$/, '纸与墨相差 $1'],
  [/^no points$/, '没有点'],
  [/^no bytes$/, '空文件'],
  [/^no class in the last column$/, '最后一列没有类别'],
  [/^a heading only$/, '只有标题行'],
  [/^another beginning$/, '别样的开头'],
  [/^another first byte$/, '别的首字节'],
  [/^it more than once$/, '不止一次'],
  [/^(.+) twice$/, '两次 $1'],
  [/^no (.+)$/, '没有 $1'],
  [/^none$/, '没有'],
  [/^one$/, '有'],
  [/^some$/, '有'],
];

/** What is allowed. @type {Phrase[]} */
const ALLOWED = [
  [/^an integer from (\S+) to (\S+), in the last column$/, '最后一列是 $1 到 $2 的整数'],
  [/^(?:an integer|a whole number) from (\S+) to (\S+)$/, '$1 到 $2 的整数'],
  [/^(?:a number )?from (\S+) to (\S+)$/, '$1 到 $2 的数'],
  [/^from (\d+) to (\d+) in this file, .*$/, '此文件中为 $1 到 $2，否则它不是 safetensors 文件'],
  [/^up to (\d+) in this file$/, '此文件中最多 $1'],
  [/^a finite (?:number|float32)$/, '有限的数'],
  [/^a number below (\S+) \(sigma_max\)$/, '小于 $1（sigma_max）的数'],
  [/^true or false$/, 'true 或 false'],
  [/^one of (.+)$/, '其中之一：$1'],
  [/^one value$/, '只给一个值'],
  [/^a name$/, '一个名称'],
  [/^an object$/, '一个对象'],
  [/^exactly (\d+)$/, '恰好 $1'],
  [/^exactly one$/, '恰好一个'],
  [/^exactly one in a file for this model$/, '此模型的文件中恰好有一个'],
  [/^at least one (?:line|point)$/, '至少有一个点'],
  [/^at least 2, the last of them the label$/, '至少 2 列，最后一列是类别'],
  [/^a point of every class from 0 to (\d+); number .*$/, '0 到 $1 每一类都有点；请连续编号'],
  [/^(\d+), as in line (\d+)$/, '$1 列，与第 $2 行相同'],
  [/^(\d+), as points$/, '$1，与数据点相同'],
  [/^(\d+), as the shape (.+) of (.+) says$/, '$1 字节，如 $3 的形状 $2 所示'],
  [/^(\d+), as many as the labels speak of$/, '$1，即类别列里的类数'],
  [/^(\d+)$/, '$1'],
  [/^the (\d+) that the header describes$/, '文件头所写的 $1 字节'],
  [/^at least (\d+)$/, '至少 $1'],
  [/^at least two that differ$/, '至少两个不同的点'],
  [/^the magic (.+), version and length$/, '标记 $1、版本和长度'],
  [/^\{$/, '{'],
  [/^False, save with np\.ascontiguousarray$/, 'False，请用 np.ascontiguousarray 存盘'],
  [/^'<f4' and '<f8'$/, "'<f4' 和 '<f8'"],
  [/^1\.0, 2\.0 and 3\.0$/, '1.0、2.0 和 3.0'],
  [/^a dict$/, '一个字典'],
  [
    /^at least (\d+%): dark ink on light paper, or an image with transparent parts$/,
    '至少 $1：浅色纸上的深色墨迹，或有透明部分的图像',
  ],
  [
    /^dark ink on light paper, or an image with transparent parts$/,
    '浅色纸上的深色墨迹，或有透明部分的图像',
  ],
  [/^0: the points have no labels$/, '0：这些点没有类别'],
  [/^0, or (\d+) when data is (.+)$/, '0，或在数据为 $2 时取 $1'],
  [/^0, or from (\d+) \(batch\) to (\d+)$/, '0，或从 $1（批大小）到 $2'],
  [/^an even number: (\d+) is nearest$/, '偶数，最近的是 $1'],
  [
    /^2 when data is '(.+)', which is of the plane; any other with 'points'$/,
    "2：数据 '$1' 在平面上；其他维数要用 'points'",
  ],
  [
    /^gaussian when path is 've', which begins at sigma_max times it; 'vp-cosine' is nearest$/,
    "gaussian：路径 've' 从 sigma_max 倍的它出发；最接近的路径是 'vp-cosine'",
  ],
  [
    /^gaussian or 'points', or dim 2: the shapes are of the plane, and dim is (\d+)$/,
    "gaussian 或 'points'，或维数为 2：这些形状在平面上，而维数是 $1",
  ],
  [/^v when path is 've', which .*$/, "v：路径 've' 有自己的预处理"],
  [/^score only (when .+); x1 or noise is nearest$/, 'score，但$1；最接近的是 x1 或 noise'],
  [/^none: it needs a score, which is known only (when .+)$/, 'none：它需要分数，$1'],
  [
    /^none when solver is '(.+)', whose steps stand on one another; beside sde it may be euler, midpoint, heun or rk4$/,
    "none：求解器 '$1' 的各步彼此依赖；随机采样时可用 euler、midpoint、heun 或 rk4",
  ],
  [/^at most (\d+) when coupling is '(.+)'$/, "耦合为 '$2' 时最多 $1"],
  [
    /^'ot-conditional' only with classes, else 'ot'$/,
    "有类别时才可用 'ot-conditional'，否则用 'ot'",
  ],
  [
    /^'paired' when path is '(.+)': only .*$/,
    "路径为 '$1' 时用 'paired'：只有 'linear' 是直的，从 t = 0 出发的一步才是全程",
  ],
  [
    /^'paired' when weight is '(.+)': it .*$/,
    "权重为 '$1' 时用 'paired'：'distilled' 只在 t = 0 学习，那里权重没有意义",
  ],
  [
    /^at most (\S+) beside lr (\S+) and muon_lr (\S+): .*$/,
    '在 lr $2 和 muon_lr $3 旁最多 $1：乘以其中较大者不得超过 1，否则权重会因它而增长',
  ],
  [
    /^any that a new model can have; reflow sets (?:it|this one)$/,
    '新模型可用的；这一项由回流设定',
  ],
  [/^a parameter that may change on a living model: (.+)$/, '运行中的模型可以修改的设置：$1'],
  [/^one written by Copy link, whole: .*$/, '由“复制链接”写出的完整链接：这一个在途中被截断或改动'],
  [/^at most (\d+) characters, and these are (\d+)$/, '最多 $1 个字符，而这里有 $2 个'],
  [/^beside data=points$/, '只能与 data=points 同用'],
  [/^beside path=custom$/, '只能与 path=custom 同用'],
  [
    /^preset, points, curve and the settings of this version$/,
    'preset、points、curve 和本版本的设置',
  ],
  [/^points of (\d+), as the data have, or another source$/, '$1 维的点，与数据相同；或别的源分布'],
  [/^left out: this run was trained without classes$/, '不给：这次训练没有类别'],
];

/** Whole sentences, and what stands in others. @type {Phrase[]} */
const SENTENCES = [
  [/^when source is 'gaussian', and it is '(.+)'$/, "只在源分布为 'gaussian' 时才有，而它是 '$1'"],
  [
    /^when coupling is 'independent', and it is '(.+)'$/,
    "只在耦合为 'independent' 时才有，而它是 '$1'",
  ],
  [/^(\d+) columns; at most (\d+) are allowed$/, '$1 列；最多允许 $2 列'],
  [/^(\S+) rows; at most (\S+) are allowed$/, '$1 行；最多允许 $2 行'],
  [
    /^the last column has (\d+) different values; allowed are at most (\d+) classes$/,
    '最后一列有 $1 个不同的值；最多允许 $2 类',
  ],
  [
    /^the array has shape \((.+)\); allowed is \(rows, columns\)$/,
    '数组的形状是 ($1)；允许的是（行，列）',
  ],
  [
    /^the file is of another kind; .*$/,
    '这个文件是别的类型；允许的是 UTF-8 表格（CSV）、NPY 文件或图像（PNG、JPEG、GIF、WebP）',
  ],
  [
    /^the image is damaged or too large to decode; .*$/,
    '图像已损坏，或大得无法解码；允许的是完整的 PNG、JPEG、GIF 或 WebP',
  ],
  [
    /^this browser cannot read the pixels of an image here; .*$/,
    '这个浏览器在这里读不了图像；请用表格',
  ],
  [/^the file is more than this browser has memory for$/, '文件太大，浏览器的内存装不下'],
  [
    /^(\S+): no such setting; allowed are (.+)$/,
    '$1：没有这样的设置；允许的是 preset、points、curve 和本版本的设置',
  ],
  [/^and (\d+) more that are wrong in the same link$/, '同一个链接里还有 $1 处错误'],
  [
    /^source: got "points"; no link holds them, .*$/,
    '源分布：得到 "points"；链接装不下这些点，请载入权重文件',
  ],
  [
    /^path: got "custom"; its samples are not in the link, .*$/,
    '路径：得到 "custom"；它的采样点不在链接里，请载入',
  ],
  [
    /^data: got "points"; the points are not in the link, .*$/,
    '数据：得到 "points"；这些点不在链接里，请在“你的数据”载入',
  ],
  [/^No points are loaded: .*$/, '还没有载入数据点：请先到“你的数据”。'],
  [/^No path of your own is loaded: .*$/, '还没有载入自己的路径：请先到“你的数据”。'],
  [
    /^No points to start at are loaded: .*$/,
    '还没有载入出发点：请到“你的数据”选为出发点，或载入带有它们的权重文件。',
  ],
  [
    /^this run learned points of its own, which are not in the file; load them first$/,
    '这次训练学的是自己的数据点，它们不在文件里；请先载入',
  ],
  [/^worker: (?:it )?ended.*$/, '后台线程意外结束'],
];

/** @param {string} text @param {Phrase[]} phrases @returns {string | null} */
function said(text, phrases) {
  for (const [english, chinese] of phrases) {
    const found = english.exec(text);
    if (found) {
      return chinese.replace(/\$(\d)/g, (_, i) => said(found[i], SENTENCES) ?? found[i]);
    }
  }
  return null;
}

/** Words that are no names: what has no phrase is a quotation. @param {string} text */
const quoted = (text) => (/[a-z]+ [a-z]+/i.test(text) ? `“${text}”（英文原话）` : text);

/** @param {string} thing */
function thingIn(thing) {
  const name = CHINESE[thing]?.[0];
  return name ? `${name}（${thing}）` : (said(thing, THINGS) ?? quoted(thing));
}

/**
 * What a message of the library says, in the language of the page.
 * @param {string} message
 */
export function interpret(message) {
  // What the page itself has said is Chinese already, but for the values in it.
  const bare = message.replace(/"[^"]*"/g, '');
  if (tongue() === 'en' || /\p{Script=Han}/u.test(bare)) return message;
  const whole = said(message, SENTENCES);
  if (whole !== null) return whole;
  const found = FORM.exec(message);
  if (!found) return quoted(message);
  const [, kind, thing, got, allowed] = found;
  const where = `${kind ? kind.slice(0, 3).toUpperCase() : ''}${kind ? '，' : ''}${thingIn(thing)}`;
  const value = said(got, VALUES) ?? (got.startsWith('"') ? got : quoted(got));
  return `${where}：得到${/^\p{Script=Han}/u.test(value) ? '' : ' '}${value}；允许的是：${said(allowed, ALLOWED) ?? quoted(allowed)}`;
}
