// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/benchmark/plot.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "contest/mind/benchmark/statistics.h"
#include "sound/picture/canvas.h"

namespace sotto::contest {
namespace {

constexpr int kSteps = 120;  // points of a line
// Also told apart by lightness, for print.
constexpr sound::Color kColors[] = {sound::kVermilion, sound::kBlue, sound::kGreen, sound::kPurple};

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
  explicit Drawing(sound::Canvas& canvas) : canvas_(canvas), c_(canvas.cairo()) {}

  void panel(const Panel& p, const sound::Area& area, const Ledger& ledger, const std::vector<std::string>& searches) {
    area_ = area;
    panel_ = &p;
    axes();
    for (size_t i = 0; i < searches.size(); ++i) line(ledger, searches[i], kColors[i % std::size(kColors)]);
  }

  void legend(const std::vector<std::string>& searches) {
    for (size_t i = 0; i < searches.size(); ++i) {
      const double x = sound::kChartLeft + 190 * static_cast<double>(i);
      canvas_.color(kColors[i % std::size(kColors)]);
      cairo_rectangle(c_, x, 16, 26, 8);
      cairo_fill(c_);
      canvas_.text(x + 34, 25, searches[i], 15);
    }
  }

 private:
  // Positions within the panel, 0 .. 1.
  double share_across(double x) const {
    return std::log(x / panel_->x_low) / std::log(panel_->x_high / panel_->x_low);
  }
  double share_up(double y) const { return (y - panel_->y_low) / (panel_->y_high - panel_->y_low); }

  double across(double x) const { return area_.left + area_.width * share_across(x); }
  double up(double y) const { return area_.top + area_.height * (1 - share_up(y)); }

  static std::string number(double v) {
    char out[32];
    std::snprintf(out, sizeof out, "%g", v);
    return out;
  }

  void axes() {
    std::vector<sound::Tick> x, y;
    for (int e = static_cast<int>(std::ceil(std::log10(panel_->x_low) - 1e-9));
         std::pow(10, e) <= panel_->x_high * 1.0001; ++e)
      x.push_back({share_across(std::pow(10, e)), e < 6 ? number(std::pow(10, e)) : "1e" + std::to_string(e)});
    for (int i = 0; i <= 10; i += 2)
      y.push_back({i / 10.0, number(panel_->y_low + (panel_->y_high - panel_->y_low) * i / 10)});
    canvas_.frame(area_, panel_->title, panel_->across, x, y);
  }

  void line(const Ledger& ledger, const std::string& search, sound::Color k) {
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
    canvas_.color(k, 0.18);
    cairo_fill(c_);
    for (const auto& [x, q] : points) cairo_line_to(c_, across(x), up(q.median));
    canvas_.color(k);
    cairo_set_line_width(c_, 2.2);
    cairo_stroke(c_);
  }

  sound::Canvas& canvas_;
  cairo_t* c_;
  sound::Area area_{};
  const Panel* panel_ = nullptr;
};

}  // namespace

Status write_plot(const std::string& path, const Ledger& ledger, const std::vector<std::string>& searches) {
  SOTTO_TRY_STATUS(sound::Canvas::check_ending(path));
  if (ledger.trials.empty()) return usage_error("there is nothing to draw: no trial is finished");
  SOTTO_TRY(sound::Canvas canvas, sound::Canvas::open(path, sound::kChartWidth, sound::kChartHeight));
  Drawing drawing(canvas);
  drawing.legend(searches);
  unsigned i = 0;
  for (const Panel& panel : panels_of(ledger)) drawing.panel(panel, sound::chart_panel(i++), ledger, searches);
  return canvas.save();
}

}  // namespace sotto::contest
