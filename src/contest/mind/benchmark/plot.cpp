// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/benchmark/plot.h"

#include <cairo-svg.h>
#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>

#include "contest/mind/benchmark/statistics.h"

namespace sotto::contest {
namespace {

constexpr double kWidth = 1500, kHeight = 520, kLeft = 70, kTop = 60, kBottom = 70, kGap = 70, kPanels = 3;
constexpr double kPanelWidth = (kWidth - kLeft - kPanels * kGap + 30) / kPanels,
                 kPanelHeight = kHeight - kTop - kBottom;
constexpr int kSteps = 120;  // points of a line

struct Color {
  double r, g, b;
};
// Okabe and Ito's palette, which people who see few colours can tell apart; also by lightness, for print.
constexpr Color kColors[] = {{0.84, 0.37, 0.00}, {0.00, 0.45, 0.70}, {0.00, 0.62, 0.45}, {0.80, 0.47, 0.65}};
constexpr Color kInk{0.13, 0.13, 0.15}, kGrid{0.88, 0.88, 0.9};

struct Release {
  void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
  void operator()(cairo_t* c) const { cairo_destroy(c); }
};

// The value of a trial at x, once it has begun and until it ends.
using Curve = std::function<std::optional<double>(const Trial&, double x)>;

struct Panel {
  std::string title, across;
  double x_low, x_high;   // logarithmic
  double y_low, y_high;
  Curve curve;
};

std::optional<double> best_at(const Trial& t, double x, double (*position)(const Record&), double end, double unit) {
  if (x > end || x < position(t.records.front())) return {};
  const auto after = std::find_if(t.records.begin(), t.records.end(), [&](const Record& r) { return position(r) > x; });
  return std::prev(after)->score / unit;
}

std::optional<double> quality_at(const Trial& t, double x) {
  std::optional<double> out;
  if (x <= static_cast<double>(t.milestones.back().songs))
    for (const Milestone& m : t.milestones)
      if (static_cast<double>(m.songs) <= x) out = 100 * m.quality;
  return out;
}

double end_of_scale(const Ledger& ledger, const std::function<double(const Trial&)>& end) {
  double out = 0;
  for (const Trial& t : ledger.trials) out = std::max(out, end(t));
  return out;
}

std::vector<Panel> panels_of(const Ledger& ledger) {
  const double unit = ledger.score_unit;
  const double songs =
      end_of_scale(ledger, [](const Trial& t) { return static_cast<double>(t.milestones.back().songs); });
  const double seconds = end_of_scale(ledger, [](const Trial& t) { return t.milestones.back().seconds; });
  const double quality = end_of_scale(ledger, [](const Trial& t) { return 100 * t.milestones.back().quality; });
  const double best =
      end_of_scale(ledger, [](const Trial& t) { return static_cast<double>(t.milestones.back().best); });
  const double top = std::max(1.0, std::ceil(best / unit / 2) * 2);
  return {{"Best score", "judged songs", 1, songs, 0, top,
           [unit](const Trial& t, double x) {
             return best_at(
                 t, x, [](const Record& r) { return static_cast<double>(r.songs); },
                 static_cast<double>(t.milestones.back().songs), unit);
           }},
          {"Best score", "processor seconds", seconds / 1e4, seconds, 0, top,
           [unit](const Trial& t, double x) {
             return best_at(t, x, [](const Record& r) { return r.seconds; }, t.milestones.back().seconds, unit);
           }},
          {"Quality of the map, %", "judged songs", 1, songs, 0, std::ceil(quality / 10) * 10, quality_at}};
}

class Drawing {
 public:
  explicit Drawing(cairo_t* canvas) : c_(canvas) {
    color({1, 1, 1});
    cairo_paint(c_);
    cairo_select_font_face(c_, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  }

  void panel(const Panel& p, double left, const Ledger& ledger, const std::vector<std::string>& searches) {
    left_ = left;
    panel_ = &p;
    axes();
    for (size_t i = 0; i < searches.size(); ++i) line(ledger, searches[i], kColors[i % std::size(kColors)]);
  }

  void legend(const std::vector<std::string>& searches) {
    for (size_t i = 0; i < searches.size(); ++i) {
      const double x = kLeft + 190 * static_cast<double>(i);
      color(kColors[i % std::size(kColors)]);
      cairo_rectangle(c_, x, 16, 26, 8);
      cairo_fill(c_);
      text(x + 34, 25, searches[i], 15, 0);
    }
  }

 private:
  void color(Color k, double alpha = 1) { cairo_set_source_rgba(c_, k.r, k.g, k.b, alpha); }

  // `anchor` 0, 0.5, 1: x is the left end, the middle, the right end.
  void text(double x, double y, const std::string& what, double size, double anchor) {
    cairo_text_extents_t extents;
    cairo_set_font_size(c_, size);
    cairo_text_extents(c_, what.c_str(), &extents);
    color(kInk);
    cairo_move_to(c_, x - anchor * extents.x_advance, y);
    cairo_show_text(c_, what.c_str());
  }

  double across(double x) const {
    return left_ + kPanelWidth * std::log(x / panel_->x_low) / std::log(panel_->x_high / panel_->x_low);
  }
  double up(double y) const {
    return kTop + kPanelHeight * (1 - (y - panel_->y_low) / (panel_->y_high - panel_->y_low));
  }

  void rule(double x0, double y0, double x1, double y1) {
    color(kGrid);
    cairo_set_line_width(c_, 1);
    cairo_move_to(c_, x0, y0);
    cairo_line_to(c_, x1, y1);
    cairo_stroke(c_);
  }

  static std::string number(double v) {
    char out[32];
    std::snprintf(out, sizeof out, "%g", v);
    return out;
  }

  void axes() {
    for (int e = static_cast<int>(std::ceil(std::log10(panel_->x_low) - 1e-9));
         std::pow(10, e) <= panel_->x_high * 1.0001; ++e) {
      const double x = across(std::pow(10, e));
      rule(x, kTop, x, kTop + kPanelHeight);
      text(x, kTop + kPanelHeight + 20, e < 6 ? number(std::pow(10, e)) : "1e" + std::to_string(e), 13, 0.5);
    }
    for (int i = 0; i <= 10; i += 2) {
      const double y = panel_->y_low + (panel_->y_high - panel_->y_low) * i / 10;
      rule(left_, up(y), left_ + kPanelWidth, up(y));
      text(left_ - 8, up(y) + 5, number(y), 13, 1);
    }
    text(left_, kTop - 10, panel_->title, 15, 0);
    text(left_ + kPanelWidth, kTop + kPanelHeight + 44, panel_->across, 14, 1);
  }

  void line(const Ledger& ledger, const std::string& search, Color k) {
    std::vector<std::pair<double, Quartiles>> points;
    for (int i = 0; i <= kSteps; ++i) {
      const double x = panel_->x_low * std::pow(panel_->x_high / panel_->x_low, static_cast<double>(i) / kSteps);
      std::vector<double> values;
      size_t trials = 0;
      for (const Trial& t : ledger.trials) {
        if (t.search != search) continue;
        ++trials;
        if (const auto y = panel_->curve(t, std::min(x, panel_->x_high))) values.push_back(*y);
      }
      // Where only the faster half of the trials has a value, a median of these would be a wrong one.
      if (values.size() * 10 >= trials * 9 && !values.empty()) points.emplace_back(x, quartiles(values));
    }
    if (points.size() < 2) return;
    cairo_new_path(c_);
    for (const auto& [x, q] : points) cairo_line_to(c_, across(x), up(q.high));
    for (size_t i = points.size(); i-- > 0;) cairo_line_to(c_, across(points[i].first), up(points[i].second.low));
    cairo_close_path(c_);
    color(k, 0.18);
    cairo_fill(c_);
    for (const auto& [x, q] : points) cairo_line_to(c_, across(x), up(q.median));
    color(k);
    cairo_set_line_width(c_, 2.2);
    cairo_stroke(c_);
  }

  cairo_t* c_;
  double left_ = 0;
  const Panel* panel_ = nullptr;
};

}  // namespace

Status write_plot(const std::string& path, const Ledger& ledger, const std::vector<std::string>& searches) {
  const bool svg = path.ends_with(".svg");
  if (!svg && !path.ends_with(".png")) return usage_error(path + ": the picture must be an .svg or a .png file");
  if (ledger.trials.empty()) return usage_error("there is nothing to draw: no trial is finished");
  const std::unique_ptr<cairo_surface_t, Release> surface(
      svg ? cairo_svg_surface_create(path.c_str(), kWidth, kHeight)
          : cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(kWidth), static_cast<int>(kHeight)));
  const std::unique_ptr<cairo_t, Release> canvas(cairo_create(surface.get()));
  Drawing drawing(canvas.get());
  drawing.legend(searches);
  double left = kLeft;
  for (const Panel& panel : panels_of(ledger)) {
    drawing.panel(panel, left, ledger, searches);
    left += kPanelWidth + kGap;
  }
  cairo_surface_flush(surface.get());
  cairo_status_t status = cairo_status(canvas.get());
  if (status == CAIRO_STATUS_SUCCESS && !svg) status = cairo_surface_write_to_png(surface.get(), path.c_str());
  cairo_surface_finish(surface.get());
  if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface.get());
  if (status != CAIRO_STATUS_SUCCESS)
    return environment_error("cannot write " + path + ": " + cairo_status_to_string(status));
  return ok_status();
}

}  // namespace sotto::contest
