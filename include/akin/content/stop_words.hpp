/// @file
/// Stop words: frequent words without a topic.
#pragma once

#include <string>
#include <vector>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {
namespace stop_words {

/// Articles, pronouns, prepositions, conjunctions, auxiliary verbs and the like, as tokenize() gives them: in lower
/// case, contractions in their parts ("don", "t").
std::vector<std::string> english();

/// Particles, pronouns, conjunctions and the like, of one and of two characters, as tokenize() gives them; in
/// simplified and, where it differs, traditional script.
std::vector<std::string> chinese();

#if AKIN_BODIES(content)

AKIN_INLINE std::vector<std::string> english() {
  // clang-format off
  return {
      "a", "an", "the",
      "i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves",
      "you", "your", "yours", "yourself", "yourselves",
      "he", "him", "his", "himself", "she", "her", "hers", "herself", "it", "its", "itself",
      "they", "them", "their", "theirs", "themselves", "one", "ones",
      "this", "that", "these", "those", "who", "whom", "whose", "which", "what", "whatever", "whoever",
      "each", "every", "either", "neither", "both", "all", "any", "some", "none", "such", "other", "others", "another",
      "anyone", "anything", "everyone", "everything", "someone", "something", "nobody", "nothing",
      "much", "many", "more", "most", "few", "less", "least", "several", "enough", "own", "same",
      "of", "in", "on", "at", "by", "for", "to", "from", "with", "without", "within", "into", "onto", "upon", "about",
      "above", "below", "under", "over", "after", "before", "between", "among", "during", "through", "throughout",
      "against", "along", "across", "around", "behind", "beside", "besides", "beyond", "near", "off", "out", "up",
      "down", "since", "till", "until", "toward", "towards", "via", "per", "like", "as", "than",
      "and", "or", "nor", "but", "so", "yet", "if", "unless", "because", "although", "though", "while", "whereas",
      "whether", "however", "therefore", "thus", "hence", "else", "then", "also", "too",
      "am", "is", "are", "was", "were", "be", "been", "being", "have", "has", "had", "having",
      "do", "does", "did", "doing", "done", "will", "would", "shall", "should", "can", "could", "may", "might", "must",
      "get", "gets", "got", "let", "cannot",
      "not", "no", "yes", "only", "just", "very", "quite", "rather", "almost", "even", "ever", "never", "always",
      "often", "still", "already", "again", "once", "here", "there", "where", "when", "why", "how", "now",
      "s", "t", "d", "m", "ll", "re", "ve", "don", "doesn", "didn", "isn", "aren", "wasn", "weren", "won", "wouldn",
      "shouldn", "couldn", "hasn", "haven", "hadn", "mustn",
  };
  // clang-format on
}

AKIN_INLINE std::vector<std::string> chinese() {
  // clang-format off
  return {
      "的", "地", "得", "了", "着", "著", "过", "過", "吗", "嗎", "呢", "吧", "啊", "呀", "嘛", "哦", "哈", "么", "麼",
      "我", "你", "您", "他", "她", "它", "这", "這", "那", "哪", "谁", "誰", "其", "此", "某", "每", "各", "自",
      "是", "在", "有", "和", "与", "與", "或", "及", "而", "但", "且", "则", "則", "因", "为", "為", "所", "以", "于", "於",
      "把", "被", "让", "讓", "给", "給", "从", "從", "向", "往", "对", "對", "跟", "比", "由", "到", "就", "才", "都",
      "也", "还", "還", "又", "再", "只", "很", "太", "更", "最", "不", "没", "沒", "个", "個", "些", "们", "們", "之",
      "会", "會", "能", "要", "去", "来", "來", "说", "說", "上", "下", "里", "裡", "一",
      "我们", "我們", "你们", "你們", "他们", "他們", "她们", "她們", "它们", "它們", "咱们", "咱們", "自己", "大家", "别人", "別人",
      "这个", "這個", "那个", "那個", "这些", "這些", "那些", "这样", "這樣", "那样", "那樣", "这么", "這麼", "那么", "那麼",
      "这里", "這裡", "那里", "那裡", "这种", "這種", "那种", "那種", "什么", "什麼", "怎么", "怎麼", "怎样", "怎樣", "哪个", "哪個",
      "哪里", "哪裡", "多少", "为何", "為何", "如何", "一个", "一個", "一些", "一下", "一样", "一樣", "一种", "一種", "一直",
      "因为", "因為", "所以", "但是", "可是", "不过", "不過", "而且", "并且", "並且", "或者", "还是", "還是", "如果", "要是", "虽然", "雖然",
      "即使", "只要", "只有", "除了", "对于", "對於", "关于", "關於", "由于", "由於", "至于", "至於", "为了", "為了", "以及", "然后", "然後",
      "已经", "已經", "正在", "曾经", "曾經", "就是", "不是", "都是", "也是", "只是", "没有", "沒有", "还有", "還有", "可以", "可能", "应该", "應該",
      "能够", "能夠", "必须", "必須", "需要", "之后", "之後", "之前", "以后", "以後", "以前", "时候", "時候", "的话", "的話", "其他", "其它",
      "其实", "其實", "于是", "於是", "因此", "不会", "不會", "不能", "非常", "比较", "比較", "真的", "有点", "有點", "了我", "我的", "你的", "他的",
  };
  // clang-format on
}

#endif

}  // namespace stop_words
}  // namespace akin::inline AKIN_ABI
