// SPDX-License-Identifier: Apache-2.0
#include "sound/picture/picture.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "sound/picture/canvas.h"
#include "sound/picture/spectrum.h"

namespace sotto::sound {
namespace {

constexpr int kWidth = 2400, kHeight = 1500, kMargin = 80;
constexpr int kInner = kWidth - 2 * kMargin;
constexpr Color kPaper{0.039, 0.043, 0.067}, kChalk{0.93, 0.92, 0.88}, kFaint{0.50, 0.51, 0.55}, kWave{0.98, 0.78, 0.36};
// Dark to light, evenly in lightness, so that louder is always lighter: night, plum, ember, straw, paper.
constexpr Color kRamp[] = {{0.039, 0.043, 0.067}, {0.20, 0.07, 0.33}, {0.55, 0.13, 0.38}, {0.90, 0.36, 0.22}, {0.98, 0.72, 0.28}, {1.0, 0.98, 0.86}};

using Surface = std::unique_ptr<cairo_surface_t, CairoRelease>;
using CairoContext = std::unique_ptr<cairo_t, CairoRelease>;

struct Box {
  int x, y, width, height;
};

Color ramp(double level) {
  const double at = std::clamp(level, 0.0, 1.0) * (std::size(kRamp) - 1);
  const size_t i = std::min(static_cast<size_t>(at), std::size(kRamp) - 2);
  const double f = at - static_cast<double>(i);
  const auto mix = [f](double a, double b) { return a + f * (b - a); };
  return {mix(kRamp[i].r, kRamp[i + 1].r), mix(kRamp[i].g, kRamp[i + 1].g), mix(kRamp[i].b, kRamp[i + 1].b)};
}

uint32_t pixel(Color c) {
  const auto byte = [](double v) { return static_cast<uint32_t>(std::lround(v * 255)); };
  return byte(c.r) << 16 | byte(c.g) << 8 | byte(c.b);
}

void set_color(cairo_t* canvas, Color c, double alpha = 1) { cairo_set_source_rgba(canvas, c.r, c.g, c.b, alpha); }

// An image whose pixel (x, y) is color(x, y), placed into the box.
template <class F>
void paint_pixels(cairo_t* canvas, const Box& box, F color) {
  const Surface image(cairo_image_surface_create(CAIRO_FORMAT_RGB24, box.width, box.height));
  uint8_t* data = cairo_image_surface_get_data(image.get());
  const int stride = cairo_image_surface_get_stride(image.get());
  if (data == nullptr) return;  // write_picture sees the canvas fail
  for (int y = 0; y < box.height; y++) {
    uint32_t* row = reinterpret_cast<uint32_t*>(data + y * stride);
    for (int x = 0; x < box.width; x++) row[x] = pixel(color(x, y));
  }
  cairo_surface_mark_dirty(image.get());
  cairo_set_source_surface(canvas, image.get(), box.x, box.y);
  cairo_paint(canvas);
}

// Text that ends with an ellipsis where the width ends. Bytes that are no UTF-8 would make cairo refuse the whole canvas.
void write_text(cairo_t* canvas, double x, double y, double size, double width, std::string text) {
  for (char& c : text) c = static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f ? ' ' : c;
  cairo_set_font_size(canvas, size);
  cairo_text_extents_t extents;
  const std::string whole = text;
  for (size_t n = whole.size();; n--) {
    text = n == whole.size() ? whole : whole.substr(0, n) + "...";
    cairo_text_extents(canvas, text.c_str(), &extents);
    if (extents.x_advance <= width || n == 0) break;
  }
  cairo_move_to(canvas, x, y);
  cairo_show_text(canvas, text.c_str());
}

void face(cairo_t* canvas, const char* family, bool bold) {
  cairo_select_font_face(canvas, family, CAIRO_FONT_SLANT_NORMAL, bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
}

void caption(cairo_t* canvas, const Box& box, const char* text) {
  set_color(canvas, kFaint);
  face(canvas, "DejaVu Sans", false);
  write_text(canvas, box.x, box.y - 12, 20, box.width, text);
}

// Every pixel column is the least and the greatest of its samples, and inside that the range of half of them.
void draw_waveform(cairo_t* canvas, const Box& box, const Samples& samples) {
  caption(canvas, box, "waveform, 10 s");
  for (int x = 0; x < box.width; x++) {
    const size_t first = samples.size() * static_cast<size_t>(x) / static_cast<size_t>(box.width);
    const size_t last = std::max(first + 1, samples.size() * static_cast<size_t>(x + 1) / static_cast<size_t>(box.width));
    Samples column(samples.begin() + static_cast<long>(first), samples.begin() + static_cast<long>(last));
    std::sort(column.begin(), column.end());
    const size_t quarter = column.size() / 4;
    const auto bar = [&](uint8_t low, uint8_t high, double alpha) {
      const double scale = (box.height - 2) / 255.0, bottom = box.y + box.height - low * scale, top = box.y + box.height - 2 - high * scale;
      set_color(canvas, kWave, alpha);
      cairo_rectangle(canvas, box.x + x, top, 1, bottom - top);
      cairo_fill(canvas);
    };
    bar(column.front(), column.back(), 0.35);
    bar(column[quarter], column[column.size() - 1 - quarter], 0.9);
  }
}

// Frequencies on a logarithmic scale from 60 Hz to 4 kHz.
void draw_spectrogram(cairo_t* canvas, const Box& box, const Samples& samples) {
  caption(canvas, box, "spectrogram, 60 Hz to 4 kHz");
  const auto spectrum = spectrogram(samples, static_cast<unsigned>(box.width));
  paint_pixels(canvas, box, [&](int x, int y) {
    const double octaves = std::log2(4000.0 / 60), hertz = 60 * std::exp2(octaves * (box.height - 1 - y) / (box.height - 1));
    const double bin = std::min(hertz * kSpectrumWindow / kSampleRate, kSpectrumBins - 1.001);
    const auto& column = spectrum[static_cast<size_t>(x)];
    const size_t k = static_cast<size_t>(bin);
    const double level = column[k] + (bin - static_cast<double>(k)) * (column[k + 1] - column[k]);
    return ramp((level + 66) / 60);
  });
}

// The diagram of bytebeat players: time runs down in columns of 256 samples, side by side; brightness is the sample.
void draw_diagram(cairo_t* canvas, const Box& box, const Samples& samples) {
  caption(canvas, box, "diagram: 256 samples from top to bottom, then the next 256 to the right; the lighter, the higher");
  const size_t columns = (samples.size() + 255) / 256;
  paint_pixels(canvas, box, [&](int x, int y) {
    const size_t column = columns * static_cast<size_t>(x) / static_cast<size_t>(box.width);
    const size_t at = column * 256 + 256 * static_cast<size_t>(y) / static_cast<size_t>(box.height);
    return ramp(at < samples.size() ? samples[at] / 255.0 : 0);
  });
}

void draw_heading(cairo_t* canvas, const PictureText& text) {
  face(canvas, "DejaVu Sans", true);
  set_color(canvas, kChalk);
  write_text(canvas, kMargin, 118, 52, kInner * 0.6, text.title.empty() ? "untitled" : text.title);
  face(canvas, "DejaVu Sans", false);
  set_color(canvas, kFaint);
  cairo_set_font_size(canvas, 28);
  cairo_text_extents_t extents;
  cairo_text_extents(canvas, text.author.c_str(), &extents);
  write_text(canvas, kWidth - kMargin - std::min(extents.x_advance, kInner * 0.35), 118, 28, kInner * 0.35, text.author);
  face(canvas, "DejaVu Sans Mono", false);
  set_color(canvas, kWave);
  write_text(canvas, kMargin, 176, 26, kInner, text.formula);
}

}  // namespace

Status write_picture(const std::string& path, const Samples& samples, const PictureText& text) {
  SOTTO_CHECK(!samples.empty());
  const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, kWidth, kHeight));
  const CairoContext canvas(cairo_create(surface.get()));
  set_color(canvas.get(), kPaper);
  cairo_paint(canvas.get());
  draw_heading(canvas.get(), text);
  draw_diagram(canvas.get(), {kMargin, 250, kInner, 512}, samples);
  draw_spectrogram(canvas.get(), {kMargin, 822, kInner, 360}, samples);
  draw_waveform(canvas.get(), {kMargin, 1242, kInner, 180}, samples);
  if (cairo_status(canvas.get()) != CAIRO_STATUS_SUCCESS) {
    return environment_error(std::string("cannot draw: ") + cairo_status_to_string(cairo_status(canvas.get())));
  }
  const cairo_status_t status = cairo_surface_write_to_png(surface.get(), path.c_str());
  if (status == CAIRO_STATUS_SUCCESS) return ok_status();
  return environment_error("cannot write " + path + ": " + cairo_status_to_string(status));
}

}  // namespace sotto::sound
