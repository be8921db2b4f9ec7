"use strict";
// Each chart as a picture: what stands on the page is painted again on a canvas, twice as large and light.
(() => {
  const SCALE = 2, MARGIN = 24, HEAD = 56;

  let origin = { x: 0, y: 0 };  // of the picture, in the window

  const painted = (style, name) => {
    const value = style[name];
    return value && value !== "none" && value !== "rgba(0, 0, 0, 0)" && !value.startsWith("url") ? value : null;
  };

  // Hatched marks: their fill is a pattern, which a canvas does not know.
  const hatch = (draw, box, colour, wide) => {
    draw.save();
    draw.beginPath();
    draw.rect(box.x, box.y, box.width, box.height);
    draw.clip();
    draw.strokeStyle = colour;
    draw.lineWidth = wide;
    for (let at = -box.height; at < box.width; at += 8) {
      draw.beginPath();
      draw.moveTo(box.x + at, box.y + box.height);
      draw.lineTo(box.x + at + box.height, box.y);
      draw.stroke();
    }
    draw.restore();
  };

  const line = (draw, mark, style) => {
    const at = mark.getScreenCTM();
    const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map((name) => mark[name].baseVal.value);
    draw.strokeStyle = style.stroke;
    draw.lineWidth = parseFloat(style.strokeWidth);
    draw.setLineDash(style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(",").map(parseFloat));
    draw.beginPath();
    draw.moveTo(at.e - origin.x + x1, at.f - origin.y + y1);
    draw.lineTo(at.e - origin.x + x2, at.f - origin.y + y2);
    draw.stroke();
    draw.setLineDash([]);
  };

  const boxOf = (part) => {
    const box = part.getBoundingClientRect();
    return { x: box.x - origin.x, y: box.y - origin.y, width: box.width, height: box.height };
  };

  const shape = (draw, mark, style) => {
    const box = boxOf(mark);
    const fill = painted(style, "fill");
    draw.globalAlpha = parseFloat(style.opacity);
    draw.beginPath();
    if (mark.tagName === "circle") draw.arc(box.x + box.width / 2, box.y + box.height / 2, box.width / 2, 0, 7);
    else if (mark.tagName === "path") {
      draw.moveTo(box.x + box.width / 2, box.y);
      draw.lineTo(box.x + box.width, box.y + box.height / 2);
      draw.lineTo(box.x + box.width / 2, box.y + box.height);
      draw.lineTo(box.x, box.y + box.height / 2);
    } else draw.rect(box.x, box.y, box.width, box.height);
    if (mark.matches(".few")) hatch(draw, box, "rgb(120 120 110 / .5)", 1.5);
    else if (mark.matches(".part")) hatch(draw, box, "rgb(255 255 255 / .42)", 4);
    else if (fill) {
      draw.fillStyle = fill;
      draw.fill();
    }
    if (painted(style, "stroke")) {
      draw.strokeStyle = style.stroke;
      draw.lineWidth = parseFloat(style.strokeWidth);
      draw.stroke();
    }
    draw.globalAlpha = 1;
  };

  // Word by word, so that lines break where the page breaks them, in every direction of writing.
  const words = (draw, node, style) => {
    draw.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    draw.fillStyle = node.parentElement instanceof SVGElement ? style.fill : style.color;
    draw.direction = "ltr";
    const range = document.createRange();
    for (const found of node.data.matchAll(/\S+/g)) {
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      const box = range.getBoundingClientRect();
      if (!box.width) continue;
      const size = draw.measureText(found[0]);
      const up = size.fontBoundingBoxAscent, high = up + size.fontBoundingBoxDescent;
      draw.fillText(found[0], box.x - origin.x, box.y - origin.y + (box.height - high) / 2 + up);
    }
  };

  const paint = (draw, part) => {
    const style = getComputedStyle(part);
    if (style.visibility === "hidden" || style.display === "none" || part.matches("title, desc, .sr")) return;
    if (part.matches("line")) line(draw, part, style);
    else if (part.matches("rect, circle, path")) shape(draw, part, style);
    else if (part instanceof HTMLElement && painted(style, "backgroundColor")) {
      const box = boxOf(part);
      draw.fillStyle = style.backgroundColor;
      draw.fillRect(box.x, box.y, box.width, box.height);
      if (part.matches(".few")) hatch(draw, box, "rgb(120 120 110 / .5)", 1);
    } else if (part.matches("td.few")) hatch(draw, boxOf(part), "rgb(120 120 110 / .5)", 1);
    for (const child of part.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) words(draw, child, style);
      else if (child.nodeType === Node.ELEMENT_NODE) paint(draw, child);
    }
  };

  const picture = (plot) => {
    plot.dataset.theme = "light";
    const box = plot.getBoundingClientRect(), canvas = document.createElement("canvas");
    canvas.width = (box.width + 2 * MARGIN) * SCALE;
    canvas.height = (box.height + MARGIN + HEAD) * SCALE;
    const draw = canvas.getContext("2d"), style = getComputedStyle(plot);
    draw.scale(SCALE, SCALE);
    draw.fillStyle = style.backgroundColor;
    draw.fillRect(0, 0, canvas.width, canvas.height);
    draw.fillStyle = style.color;
    draw.font = `600 16px ${style.fontFamily}`;
    draw.fillText(plot.dataset.title, MARGIN, 32);
    const title = draw.measureText(plot.dataset.title).width;
    draw.font = `400 12px ${style.fontFamily}`;
    draw.fillText(document.querySelector("[data-period]")?.textContent ?? "", MARGIN + title + 12, 32);
    origin = { x: box.x - MARGIN, y: box.y - HEAD };
    paint(draw, plot);
    delete plot.dataset.theme;
    return canvas;
  };

  for (const button of document.querySelectorAll("[data-png]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const plot = document.getElementById(`${button.dataset.png}-plot`);
      picture(plot).toBlob((image) => {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(image);
        link.download = `${button.dataset.png}.png`;
        link.click();
        URL.revokeObjectURL(link.href);
      });
    });
  }
})();
