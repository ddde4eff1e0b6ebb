// expect: akin: a file names the type of its model, which a program must know to load it
#include <akin/neighbors/item_knn.hpp>
#include <akin/serving/recommender_registry.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  akin::load_bundle<akin::any_recommender<float>>("shop.model");
#else
  akin::recommender_registry<float>().add<akin::item_knn<float>>().load_bundle("shop.model");
#endif
}
