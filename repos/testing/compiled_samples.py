"""Files of compiled languages, and the symbols in them."""

from repos.testing.samples import Sample

COMPILED = [
    Sample(
        "a.go",
        """package prices
import (
	"fmt"
	m "example.com/shop/models"
)
const Limit = 3
var total int
// PriceList lists.
type PriceList struct { Base; prices map[string]int }
type Priced interface { Total(o *m.Order) int }
type ID = string
// TotalOf sums.
func (p *PriceList) TotalOf(order *m.Order) int { x := discounted(order.Amount, Limit); return p.run(x) }
func discounted[T any](a T) T { return a }
""",
        "constant:Limit@6 constant:total@7 struct:PriceList@9 field:PriceList.prices@9 "
        "interface:Priced@10 method:Priced.Total@10 type:ID@11 method:PriceList.TotalOf@13 "
        "function:discounted@14",
        "Base:INHERIT Order:TYPE discounted:CALL run:CALL Limit:READ",
        (
            ("fmt", "", ""),
            ("example.com/shop/models", "", "m"),
        ),
    ),
    Sample(
        "a.rs",
        """use crate::models::{Order, Item as I};
use super::util;
use std::collections::*;
mod prices;
/// A list.
pub struct PriceList<T> { prices: Vec<T> }
pub trait Priced { fun(); fn total(&self) -> i32; }
impl<T> Priced for PriceList<T> { fn total(&self) -> i32 { discounted(self.x.amount()) } }
impl Shop { pub fn new() -> Self { Shop::open(LIMIT) } }
enum E { A(Order) }
const LIMIT: i32 = 3;
macro_rules! say { () => {} }
fn main() { say!(1); let o: Order = Order { id: 1 }; }
type X = i32;
""",
        "struct:PriceList@6 field:PriceList.prices@6 trait:Priced@7 method:Priced.total@7 "
        "method:PriceList.total@8 method:Shop.new@9 enum:E@10 field:E.A@10 constant:LIMIT@11 "
        "macro:say@12 function:main@13 type:X@14",
        "Priced:INHERIT discounted:CALL amount:CALL open:CALL say:CALL LIMIT:READ Vec:TYPE Item:IMPORT",
        (
            ("crate::models", "Order", ""),
            ("crate::models", "Item", "I"),
            ("super", "util", ""),
            ("std::collections", "*", ""),
            ("prices", "", ""),
        ),
    ),
    Sample(
        "A.java",
        """package shop.prices;
import shop.models.Order;
import shop.util.*;
import static shop.Const.LIMIT;
/** A list. */
@Entity
public class PriceList<T> extends Base<T> implements Priced, Closeable {
  private final Map<String, Order> prices = null;
  public PriceList(Order o) { super(o); }
  @Override public int totalOf(Order order) { return discounted(order.amount(), LIMIT) + new Shop(this).x; }
  enum Size { A }
}
interface Priced { int x(); }
record P(int a) {}
@interface An {}
""",
        "class:PriceList@6 field:PriceList.prices@8 method:PriceList.PriceList@9 "
        "method:PriceList.totalOf@10 enum:PriceList.Size@11 field:PriceList.Size.A@11 "
        "interface:Priced@13 method:Priced.x@13 class:P@14 interface:An@15",
        "Base:INHERIT Priced:INHERIT Entity:DECORATE Map:TYPE discounted:CALL Shop:CALL",
        (
            ("shop.models", "Order", ""),
            ("shop", "util", ""),
            ("shop.util", "*", ""),
            ("shop.Const", "LIMIT", ""),
        ),
    ),
    Sample(
        "a.kt",
        """package shop.prices

import shop.models.Order
import shop.util.*
import a.b.C as D

/** A list. */
@Serializable
class PriceList(val prices: Map<String, Int>) : Base(), Priced {
    val total: Int = 0

    fun totalOf(order: Order): Int {
        return discounted(order.amount)
    }

    companion object {
        const val LIMIT = 3
    }
}

interface Priced {
    fun x()
}

object Shop {
    fun open() = PriceList(1)
}

enum class Size { A, B }

typealias Id = String

fun String.discounted(amount: Int) = amount.run(x)
""",
        "class:PriceList@8 field:PriceList.prices@9 field:PriceList.total@10 "
        "method:PriceList.totalOf@12 field:PriceList.LIMIT@17 interface:Priced@21 "
        "method:Priced.x@22 class:Shop@25 method:Shop.open@26 enum:Size@29 field:Size.A@29 "
        "field:Size.B@29 type:Id@31 function:discounted@33",
        "Base:INHERIT Priced:INHERIT Serializable:DECORATE Map:TYPE discounted:CALL run:CALL amount:READ",
        (
            ("shop.models.Order", "Order", ""),
            ("shop.util", "util", ""),
            ("shop.util", "*", ""),
            ("a.b.C", "C", ""),
            ("a.b.C", "C", "D"),
        ),
    ),
    Sample(
        "a.c",
        """#include "prices.h"
#include <stdio.h>
#define LIMIT 3
#define SQ(x) ((x)*(x))
/* A list. */
struct price_list { int *prices; struct order *o; };
typedef struct node { int a; } node_t;
enum size { A };
union u { int x; };
static int counter = 0;
int total_of(const struct price_list *p, node_t *n);
// sums
int *total_of(const struct price_list *p, node_t *n) { counter = LIMIT; return discounted(p->prices, SQ(2)); }
""",
        "macro:LIMIT@3 macro:SQ@4 struct:price_list@6 type:node_t@7 struct:node_t.node@7 "
        "field:node_t.node.a@7 enum:size@8 field:size.A@8 struct:u@9 constant:counter@10 "
        "function:total_of@11 function:total_of@13",
        "discounted:CALL SQ:CALL node_t:TYPE LIMIT:READ",
        (
            ("prices.h", "", ""),
            ("<stdio.h>", "", ""),
        ),
    ),
    Sample(
        "a.cpp",
        """#include "a.h"
using namespace std;
namespace shop {
/// A list.
template <typename T> class PriceList : public Base<T>, Priced {
 public:
  PriceList();
  int total(Order& o) const { return discounted(o.amount()); }
  virtual void open();
 private: int x;
};
void PriceList::open() { auto* s = new Shop(3); s->run<int>(LIMIT); ns::helper(1); }
struct S {}; enum class E { A };
using Id = int;
}
""",
        "module:shop@3 class:shop.PriceList@5 method:shop.PriceList.PriceList@7 "
        "method:shop.PriceList.total@8 method:shop.PriceList.open@9 field:shop.PriceList.x@10 "
        "method:shop.PriceList.open@12 struct:shop.S@13 enum:shop.E@13 field:shop.E.A@13 "
        "type:shop.Id@14",
        "Base:INHERIT Priced:INHERIT Order:TYPE discounted:CALL Shop:CALL run:CALL helper:CALL LIMIT:READ",
        (("a.h", "", ""),),
    ),
    Sample(
        "A.cs",
        """using System;
using Shop.Models;
using M = Shop.Models.Order;
namespace Shop.Prices {
  /// <summary>A list.</summary>
  [Serializable]
  public class PriceList<T> : Base<T>, IPriced {
    private Order order;
    public int Total { get; set; }
    public PriceList(Order o) : base(o) { }
    public int TotalOf(Order order) { return Discounted(order.Amount(), Limit) + new Shop(this).X; }
  }
  interface IPriced { int X(); }
  struct S {} enum E { A } record R(int A); delegate void D(int x);
}
""",
        "module:Shop.Prices@4 class:Shop.Prices.PriceList@6 field:Shop.Prices.PriceList.order@8 "
        "field:Shop.Prices.PriceList.Total@9 method:Shop.Prices.PriceList.PriceList@10 "
        "method:Shop.Prices.PriceList.TotalOf@11 interface:Shop.Prices.IPriced@13 "
        "method:Shop.Prices.IPriced.X@13 struct:Shop.Prices.S@14 enum:Shop.Prices.E@14 "
        "field:Shop.Prices.E.A@14 class:Shop.Prices.R@14 type:Shop.Prices.D@14",
        "Base:INHERIT IPriced:INHERIT Serializable:DECORATE Discounted:CALL Shop:CALL Limit:READ",
        (
            ("System", "", ""),
            ("Shop.Models", "", ""),
            ("Shop.Models.Order", "", "M"),
        ),
    ),
]
