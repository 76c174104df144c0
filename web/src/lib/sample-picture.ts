// A small picture to try things on, drawn in the browser: soft tones for the laser's dots, edges for sharpening.

const WIDTH = 480;
const HEIGHT = 360;

/** A still life as a PNG file: a bottle, a bowl and two fruits on a table by a window. */
export async function drawSamplePicture(): Promise<File> {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("this browser has no 2D canvas");
  drawRoom(pen);
  drawBottle(pen);
  drawBowl(pen);
  drawFruit(pen, 322, 252, 34, "#c9502e", "#6f1f12");
  drawFruit(pen, 378, 262, 26, "#d9a13a", "#7a4d12");
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob === null) throw new Error("this browser cannot write a PNG");
  return new File([blob], "still-life.png", { type: "image/png" });
}

function drawRoom(pen: CanvasRenderingContext2D): void {
  const wall = pen.createLinearGradient(0, 0, WIDTH, 240);
  wall.addColorStop(0, "#f2e6cc");
  wall.addColorStop(1, "#a58c68");
  pen.fillStyle = wall;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.fillStyle = "#dfe9ea";
  pen.fillRect(36, 28, 132, 150);
  pen.strokeStyle = "#6b4f34";
  pen.lineWidth = 8;
  pen.strokeRect(36, 28, 132, 150);
  pen.lineWidth = 5;
  pen.beginPath();
  pen.moveTo(102, 28);
  pen.lineTo(102, 178);
  pen.moveTo(36, 103);
  pen.lineTo(168, 103);
  pen.stroke();
  const table = pen.createLinearGradient(0, 236, 0, HEIGHT);
  table.addColorStop(0, "#8a5a35");
  table.addColorStop(1, "#4a2c18");
  pen.fillStyle = table;
  pen.fillRect(0, 236, WIDTH, HEIGHT - 236);
}

function drawBottle(pen: CanvasRenderingContext2D): void {
  const glass = pen.createLinearGradient(196, 0, 262, 0);
  glass.addColorStop(0, "#7fa08a");
  glass.addColorStop(0.35, "#3f6650");
  glass.addColorStop(1, "#16301f");
  pen.fillStyle = glass;
  pen.beginPath();
  pen.moveTo(219, 82);
  pen.lineTo(239, 82);
  pen.lineTo(240, 138);
  pen.bezierCurveTo(242, 160, 262, 160, 262, 186);
  pen.lineTo(260, 276);
  pen.quadraticCurveTo(229, 288, 198, 276);
  pen.lineTo(196, 186);
  pen.bezierCurveTo(196, 160, 216, 160, 218, 138);
  pen.closePath();
  pen.fill();
  pen.fillStyle = "#efe2c2";
  pen.fillRect(197, 204, 64, 42);
  pen.fillStyle = "#7d2a11";
  pen.font = "600 20px Georgia, serif";
  pen.textAlign = "center";
  pen.fillText("OLIO", 229, 232);
}

function drawBowl(pen: CanvasRenderingContext2D): void {
  const clay = pen.createLinearGradient(290, 0, 424, 0);
  clay.addColorStop(0, "#e6dccb");
  clay.addColorStop(1, "#7b6d58");
  pen.fillStyle = clay;
  pen.beginPath();
  pen.ellipse(354, 272, 72, 44, 0, 0, Math.PI);
  pen.fill();
  pen.fillStyle = "#5c4f3d";
  pen.beginPath();
  pen.ellipse(354, 272, 72, 13, 0, 0, 2 * Math.PI);
  pen.fill();
}

function drawFruit(
  pen: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  light: string,
  dark: string,
): void {
  const round = pen.createRadialGradient(x - radius / 3, y - radius / 3, radius / 6, x, y, radius);
  round.addColorStop(0, "#fff1dc");
  round.addColorStop(0.3, light);
  round.addColorStop(1, dark);
  pen.fillStyle = round;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}
